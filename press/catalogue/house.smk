# A house: every book of a catalogue, each in one job, which does in one process what the Snakefile does in ten jobs.
#
#   catalogue + book folders -> editions -> large, check -> release
#
# What was made of a book is told by a receipt, build/made/GOAL.json, and from what by its seal, build/seals/made/GOAL.json
# (press/seals.py): no file's time counts, so all inputs are `ancient`. An edition that is lost is made again.

house = book


localrules:
    all,
    large,
    check,
    release,
    stock,


wildcard_constraints:
    book=".+",
    goal="editions|large|check|release",


rule all:
    input:
        house.each("editions"),


rule large:
    input:
        house.each("large"),


rule check:
    input:
        house.each("check"),


rule release:
    input:
        house.each("release"),


# Done once: the faces unpacked, and one file that stands for the whole press, so that a job has few inputs.
rule stock:
    input:
        engine=ancient(house.engine),
        styles=ancient(house.style_files),
    output:
        press=house.press,
        seal=house.seal(house.press),
    log:
        house.build / "logs/stock.log",
    params:
        styles=house.style_options,
        state=house.state,
    shell:
        "python -m press stock {params.styles} -o {output.press:q} > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"


rule book:
    input:
        press=ancient(house.stock),
        before=ancient(house.before),
        sources=ancient(house.sources),
    output:
        receipt="{book}/build/made/{goal}.json",
        seal="{book}/build/seals/made/{goal}.json",
    log:
        "{book}/build/logs/{goal}.log",
    threads: house.workers(workflow.cores)
    params:
        styles=house.styles_of,
        state=house.state,
    message:
        "{wildcards.goal} {wildcards.book}"
    shell:
        "python -m press make {wildcards.book:q} {wildcards.goal} {params.styles} --workers {threads} -o {output.receipt:q}"
        " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"


house.review(workflow)
