# A house: every book of a catalogue, each in one job, which does in one process what the Snakefile does in ten jobs.
#
#   catalogue + book folders -> editions -> large, check -> release
#
# What was made of a book is told by receipts, build/made/GOAL.json; an edition that is lost is made again.

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
        engine=house.engine,
        styles=house.style_files,
    output:
        house.build / "press.json",
    log:
        house.build / "logs/stock.log",
    params:
        styles=house.style_options,
    shell:
        "python -m press stock {params.styles} -o {output:q} > {log:q} 2>&1"


rule book:
    input:
        press=rules.stock.output,
        before=house.before,
        sources=house.sources,
    output:
        "{book}/build/made/{goal}.json",
    log:
        "{book}/build/logs/{goal}.log",
    threads: house.workers(workflow.cores)
    params:
        styles=house.styles_of,
    message:
        "{wildcards.goal} {wildcards.book}"
    shell:
        "python -m press make {wildcards.book:q} {wildcards.goal} {params.styles} --workers {threads} -o {output:q}"
        " > {log:q} 2>&1"
