# The book, from manuscript to editions.
#
#   manuscript/*.md -> resolve -> galleys -> sheets -> epub, pdf, print, cover, html -> downloads -> check
#
# snakemake all          every edition of this book (also: epub, pdf, print, cover, html, preflight, prose, check, clean)
# snakemake report       what the build comes to, as a page; --config against=FOLDER: and what changed since that release
# snakemake large        the large-print PDF, which is typeset on its own; once it is there, a check reads it too;
#                        so does that of 'snakemake large check'
# snakemake docx         the editor's copy, with numbered lines; press merge takes it back into the manuscript
# snakemake release      one folder for booksellers, or a list of what is missing for it
# snakemake all --config book=FOLDER          every edition of the book in another folder
# snakemake all --config catalogue=FILE       every edition of every book of a house (also: large, check, release)

from snakemake.utils import min_version

min_version("9.0")

from press.workflow import layout

book = layout(config, workflow.basedir)  # or a house of books

# Jobs run in the environment of Snakemake, whether it is activated or not.
shell.prefix(book.environment)


# The base system, for whoever runs Snakemake with containers; ./book and the lock file set up all else.
container: "docker://python:3.12-slim-bookworm"


onstart:
    book.hold()


onsuccess:
    book.finish()


onerror:
    book.finish()


# A job is a command of the press; what it says goes into its log, and at last it writes its seal, which tells what it
# was made from (press/seals.py): its inputs, and the engine and the styles that its stage is made with (STAGES in
# press/workflow.py). Editions are known by their seals alone, so that one stays until the next is there.
if book.single:

    localrules:
        all,
        print,
        prose,
        check,
        clean,

    rule all:
        input:
            book.seals(*book.editions, book.downloads),

    # Pandoc reads the manuscript files that have changed; then the whole book is known: notes, numbers, references.
    rule resolve:
        input:
            book.sources,
        output:
            galleys=book.galleys,
            seal=book.seal(book.galleys),
        log:
            book.log("resolve"),
        threads: workflow.cores
        params:
            state=book.state("resolve"),
        shell:
            book.command(
                "resolve {yaml} {styles} --workers {threads} -o {galleys.parent}"
            )

    rule sheets:
        input:
            rules.resolve.output,
        output:
            pages=book.pages,
            seal=book.seal(book.pages),
        log:
            book.log("sheets"),
        threads: lambda wildcards: max(1, workflow.cores - 1)  # the web edition is made meanwhile
        params:
            workers=lambda wildcards, threads: workflow.cores,
            state=book.state("sheets"),
        shell:
            book.command(
                "sheets {galleys} {styles} --workers {params.workers} -o {pages.parent}"
            )

    rule epub:
        input:
            rules.resolve.output,
            rules.sheets.output,
        output:
            seal=book.seal(book.epub),
        log:
            book.log("epub"),
        params:
            workers=lambda wildcards, threads: workflow.cores,  # for its drawings, when there are new ones
            state=book.state("epub"),
        shell:
            book.command(
                "epub {galleys} --pages {pages} {styles} --workers {params.workers} -o {epub}"
            )

    rule pdf:
        input:
            rules.resolve.output,
            rules.sheets.output,
        output:
            seal=book.seal(book.pdf),
        log:
            book.log("pdf"),
        params:
            workers=lambda wildcards, threads: workflow.cores,
            state=book.state("pdf"),
        shell:
            book.command("pdf {pages} {galleys} {styles} -j {params.workers} -o {pdf}")

    rule print_edition:
        input:
            rules.resolve.output,
            rules.sheets.output,
        output:
            seal=book.seal(book.print),
        log:
            book.log("print"),
        params:
            workers=lambda wildcards, threads: workflow.cores,
            state=book.state("print"),
        shell:
            book.command(
                "print {pages} {galleys} {styles} -j {params.workers} -o {print}"
            )

    rule cover:
        input:
            rules.resolve.output,
            rules.sheets.output,
        output:
            seal=book.seal(book.cover),
        log:
            book.log("cover"),
        params:
            state=book.state("cover"),
        shell:
            book.command("cover {galleys} {pages} {styles} -o {cover}")

    rule print:
        input:
            book.seals(book.print, book.cover),

    rule html:
        input:
            rules.resolve.output,
        output:
            seal=book.seal(book.html),
        log:
            book.log("html"),
        params:
            state=book.state("html"),
        shell:
            book.command("html {galleys} {styles} -o {html.parent}")

    rule downloads:
        input:
            rules.resolve.output,
            book.seals(book.html, *book.editions),
        output:
            seal=book.seal(book.downloads),
        log:
            book.log("downloads"),
        params:
            state=book.state("html"),
        shell:
            book.command("downloads {galleys} {editions} {styles} -o {downloads}")

    rule docx:
        input:
            rules.resolve.output,
        output:
            seal=book.seal(book.docx),
        log:
            book.log("docx"),
        params:
            state=book.state("docx"),
        shell:
            book.command("docx {galleys} {styles} -o {docx}")

    rule large_sheets:
        input:
            rules.resolve.output,
        output:
            pages=book.pages_large,
            seal=book.seal(book.pages_large),
        log:
            book.log("large-sheets"),
        threads: workflow.cores
        params:
            state=book.state("sheets"),
        shell:
            book.command(
                "sheets {galleys} -l large {styles} -j {threads} -o {pages_large.parent}"
            )

    rule large:
        input:
            rules.resolve.output,
            rules.large_sheets.output,
        output:
            seal=book.seal(book.large),
        log:
            book.log("large"),
        threads: workflow.cores
        params:
            state=book.state("pdf"),
        shell:
            book.command(
                "large {pages_large} {galleys} {styles} -j {threads} -o {large}"
            )

    rule preflight:
        input:
            rules.resolve.output,
            book.seals(book.print, book.cover),
        output:
            card=book.card.with_suffix(".html"),
            data=book.card,
            seal=book.seal(book.card),
        log:
            book.log("preflight"),
        params:
            state=book.state("preflight"),
        shell:
            book.command(
                "preflight {galleys} {print} {cover} {styles} -o {output.card:q}"
            )

    # What is found ends no run; `check` tells it.
    rule checked:
        input:
            book.yaml,
            rules.resolve.output,
            rules.sheets.output,
            book.seals(*book.checked, book.downloads),
        output:
            findings=book.findings,
            record=book.record,
            compared=book.build / "fidelity.html",
            seal=book.seal(book.findings),
        log:
            book.log("checked"),
        params:
            state=book.state("check"),
        shell:
            book.command(
                "check {yaml} {galleys} {checked} {styles} --lenient"
                " --report {output.compared:q} --save {output.findings:q} --record {output.record:q}"
            )

    rule check:
        input:
            rules.checked.output,
        log:
            book.log("check"),
            findings=book.build / "findings.json",
            sarif=book.build / "findings.sarif",
        shell:
            book.press(
                "findings {findings} --save {log.findings:q} --save {log.sarif:q}"
            )

    rule prose:
        input:
            book.yaml,
            rules.resolve.output,
        log:
            book.log("prose"),
        shell:
            book.press("check {yaml} {galleys}")

    rule report:
        input:
            book.yaml,
            rules.resolve.output,
            rules.sheets.output,
            rules.checked.output,
            rules.preflight.output,
            book.seals(*book.checked),
            book.earlier,
        output:
            page=book.build / "report.html",
            data=book.build / "report.json",
            seal=book.seal(book.build / "report.html"),
        log:
            book.log("report"),
        params:
            state=book.state("report"),
        shell:
            book.command(
                "report {yaml} {galleys} {pages} {checked} --findings {findings}"
                " --record {record} --card {card} --times .snakemake/metadata {against}"
                " {styles} -o {output.page:q}"
            )

    rule release:
        input:
            book.yaml,
            rules.resolve.output,
            rules.sheets.output,
            rules.preflight.output,
            rules.checked.output,
            book.seals(*book.released, book.downloads),
            book.packed,
        output:
            book.release / "manifest.json",
            book.release / "SHA256SUMS",
            seal=book.seal(book.release / "manifest.json"),
        log:
            book.log("release"),
        params:
            state=book.state("release"),
        shell:
            book.command(
                "release {yaml} {galleys} {pages} {card} {released}"
                " --record {record} --findings {findings} {styles} -o {release}"
            )

    rule clean:
        log:
            book.log("clean"),
        shell:
            book.shell(
                "find {build} -mindepth 1 ! -name README.md ! -name .lock -delete"
            )

    book.review(workflow)

else:

    include: "press/catalogue/house.smk"
