"""Vector line-art plates of the body: 3-D meshes and a description in YAML in, one SVG out.

Units used everywhere in this package
    world   metres; y up, +z to the front, +x to the subject's left
    plate   points (1 pt = 1/72 inch), origin top left, y down
    pixel   sampling grid of the ray caster, `px` pixels a point
"""
