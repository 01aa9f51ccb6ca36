# The book, from manuscript to editions.
#
#   manuscript/*.md -> read -> resolve -> galleys -> sheets -> epub, pdf, print, html -> check
#
# snakemake all          every edition of this book (also: epub, pdf, print, cover, html, preflight, prose, check, clean)
# snakemake report       what the build comes to, as a page; --config against=FOLDER: and what changed since that release
# snakemake large        the large-print PDF, which is typeset on its own; once it is there, a check reads it too
# snakemake docx         the editor's copy, with numbered lines; press merge takes it back into the manuscript
# snakemake release      one folder for booksellers, or a list of what is missing for it
# snakemake all --config book=FOLDER          every edition of the book in another folder
# snakemake all --config catalogue=FILE       every edition of every book of a house (also: large, check, release)

from snakemake.utils import min_version

min_version("9.0")

from press.seals import state
from press.workflow import MODEL, SHARED, layout

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
# was made from (press/seals.py). Editions are known by their seals alone, so that one stays until the next is there.
if book.single:

    localrules:
        all,
        epub,
        pdf,
        large,
        print,
        cover,
        html,
        docx,
        prose,
        check,
        clean,

    wildcard_constraints:
        name="|".join(book.names),

    rule all:
        input:
            book.seals(book.epub, book.pdf, book.print, book.cover, book.downloads),

    rule read:
        input:
            manuscript=book.folder / "manuscript/{name}.md",
            engine=book.inputs("read", "yamlfile.py", *SHARED),
        output:
            read=book.build / "read/{name}.json",
            seal=book.seal(book.build / "read/{name}.json"),
        log:
            book.log("read-{name}"),
        params:
            state=state,
        shell:
            book.command("read {input.manuscript:q} -o {output.read:q}")

    rule resolve:
        input:
            read=book.read,
            manifest=book.folder / "book.yaml",
            references=book.references,
            images=book.images,
            seals=book.seals(*book.read),
            styles=book.style_files("galley", "locales", "fonts"),
            engine=book.inputs(
                "resolve",
                "book.py",
                "yamlfile.py",
                "check/prose/settings.py",
                *SHARED,
                *MODEL,
            ),
        output:
            galleys=book.galleys,
            seal=book.seal(book.galleys),
        log:
            book.log("resolve"),
        params:
            folder=book.build / "galleys",
            state=state,
        shell:
            book.command(
                "resolve {input.manifest:q} {input.read:q} {styles} -o {params.folder:q}"
            )

    rule sheets:
        input:
            galleys=rules.resolve.output.galleys,
            seals=rules.resolve.output.seal,
            styles=book.style_files("pdf", "fonts"),
            engine=book.inputs("sheets", "pagemap.py", "folios.py", *SHARED, *MODEL),
        output:
            pdf=book.build / "sheets/book/book.pdf",
            pages=book.build / "sheets/book/pages.json",
            seal=book.seal(book.build / "sheets/book/book.pdf"),
        log:
            book.log("sheets"),
        threads: workflow.cores
        params:
            folder=book.build / "sheets/book",
            state=state,
        shell:
            book.command(
                "sheets {input.galleys:q} {styles} --workers {threads} -o {params.folder:q}"
            )

    rule epub_edition:
        input:
            galleys=rules.resolve.output.galleys,
            pages=rules.sheets.output.pages,
            seals=[rules.resolve.output.seal, rules.sheets.output.seal],
            styles=book.style_files("epub", "pdf", "fonts"),
            engine=book.inputs(
                "editions/epub",
                "pagemap.py",
                "folios.py",
                "pixels.py",
                "fonts.py",
                *SHARED,
                *MODEL,
            ),
        output:
            seal=book.seal(book.epub),
        log:
            book.log("epub"),
        params:
            file=book.epub,
            state=state,
        shell:
            book.command(
                "epub {input.galleys:q} --pages {input.pages:q} {styles} -o {params.file:q}"
            )

    rule pdf_edition:
        input:
            sheets=rules.sheets.output.pdf,
            galleys=rules.resolve.output.galleys,
            seals=[rules.sheets.output.seal, rules.resolve.output.seal],
            styles=book.style_files("pdf", "fonts"),  # of the sheets: were these to fail, the edition is known to be old
            engine=book.inputs("editions/pdf", *SHARED, *MODEL),
        output:
            seal=book.seal(book.pdf),
        log:
            book.log("pdf"),
        params:
            file=book.pdf,
            state=state,
        shell:
            book.command(
                "pdf {input.sheets:q} {input.galleys:q} {styles} -o {params.file:q}"
            )

    rule large_sheets:
        input:
            galleys=rules.resolve.output.galleys,
            seals=rules.resolve.output.seal,
            styles=book.style_files("pdf", "fonts"),
            engine=book.inputs("sheets", "pagemap.py", "folios.py", *SHARED, *MODEL),
        output:
            pdf=book.build / "sheets/large/book.pdf",
            pages=book.build / "sheets/large/pages.json",
            seal=book.seal(book.build / "sheets/large/book.pdf"),
        log:
            book.log("large-sheets"),
        threads: workflow.cores
        params:
            folder=book.build / "sheets/large",
            state=state,
        shell:
            book.command(
                "sheets {input.galleys:q} -l large {styles} -j {threads} -o {params.folder:q}"
            )

    rule large_edition:
        input:
            sheets=rules.large_sheets.output.pdf,
            galleys=rules.resolve.output.galleys,
            seals=[rules.large_sheets.output.seal, rules.resolve.output.seal],
            styles=book.style_files("pdf", "fonts"),
            engine=book.inputs("editions/pdf", *SHARED, *MODEL),
        output:
            seal=book.seal(book.large),
        log:
            book.log("large"),
        params:
            file=book.large,
            state=state,
        shell:
            book.command(
                "large {input.sheets:q} {input.galleys:q} {styles} -o {params.file:q}"
            )

    rule print_edition:
        input:
            sheets=rules.sheets.output.pdf,
            galleys=rules.resolve.output.galleys,
            seals=[rules.sheets.output.seal, rules.resolve.output.seal],
            styles=book.style_files("pdf", "fonts", "profiles"),
            engine=book.inputs("editions/pdf", "editions/print", *SHARED, *MODEL),
        output:
            seal=book.seal(book.print),
        log:
            book.log("print"),
        params:
            file=book.print,
            state=state,
        shell:
            book.command(
                "print {input.sheets:q} {input.galleys:q} {styles} -o {params.file:q}"
            )

    # What the cover depends on, and nothing that an edit of the text changes while the page count stays.
    rule wrap:
        input:
            galleys=rules.resolve.output.galleys,
            pages=rules.sheets.output.pages,
            seals=[rules.resolve.output.seal, rules.sheets.output.seal],
            engine=book.inputs("editions/print/wrap.py", "pagemap.py", *SHARED, *MODEL),
        output:
            wrap=book.build / "wrap.json",
            seal=book.seal(book.build / "wrap.json"),
        log:
            book.log("wrap"),
        params:
            state=state,
        shell:
            book.command("wrap {input.galleys:q} {input.pages:q} -o {output.wrap:q}")

    rule cover_wrap:
        input:
            wrap=rules.wrap.output.wrap,
            art=book.art,
            seals=rules.wrap.output.seal,
            styles=book.style_files("cover", "fonts", "profiles"),
            engine=book.inputs("editions/print", "sheets", *SHARED, *MODEL),
        output:
            seal=book.seal(book.cover),
        log:
            book.log("cover"),
        params:
            file=book.cover,
            galleys=book.galleys,
            state=state,
        shell:
            book.command(
                "cover {input.wrap:q} {params.galleys:q} {styles} -o {params.file:q}"
            )

    rule html_edition:
        input:
            galleys=rules.resolve.output.galleys,
            seals=rules.resolve.output.seal,
            styles=book.style_files("web", "fonts"),
            engine=book.inputs("editions/web", *SHARED, *MODEL),
        output:
            seal=book.seal(book.html),
        log:
            book.log("html"),
        params:
            folder=book.build / "html",
            state=state,
        shell:
            book.command("html {input.galleys:q} {styles} -o {params.folder:q}")

    rule docx_edition:
        input:
            galleys=rules.resolve.output.galleys,
            seals=rules.resolve.output.seal,
            styles=book.style_files("docx"),
            engine=book.inputs(
                "editions/docx",
                "editions/epub/pictures.py",
                "read/pandoc.py",
                *SHARED,
                *MODEL,
            ),
        output:
            seal=book.seal(book.docx),
        log:
            book.log("docx"),
        params:
            file=book.docx,
            state=state,
        shell:
            book.command("docx {input.galleys:q} {styles} -o {params.file:q}")

    rule downloads:
        input:
            galleys=rules.resolve.output.galleys,
            seals=[
                rules.resolve.output.seal,
                *book.seals(book.html, book.epub, book.pdf, book.print, book.cover),
            ],
            styles=book.style_files("web"),
            engine=book.inputs("editions/web", *SHARED, *MODEL),
        output:
            seal=book.seal(book.downloads),
        log:
            book.log("downloads"),
        params:
            editions=[book.epub, book.pdf, book.print, book.cover],
            file=book.downloads,
            state=state,
        shell:
            book.command(
                "downloads {input.galleys:q} {params.editions:q} {styles} -o {params.file:q}"
            )

    rule preflight:
        input:
            galleys=rules.resolve.output.galleys,
            seals=[rules.resolve.output.seal, *book.seals(book.print, book.cover)],
            styles=book.style_files("preflight"),
            engine=book.inputs("check/preflight", *SHARED, *MODEL),
        output:
            card=book.build / "preflight.html",
            data=book.build / "preflight.json",
            seal=book.seal(book.build / "preflight.html"),
        log:
            book.log("preflight"),
        params:
            editions=[book.print, book.cover],
            state=state,
        shell:
            book.command(
                "preflight {input.galleys:q} {params.editions:q} {styles} -o {output.card:q}"
            )

    # What is found ends no run; `check` tells it.
    rule checked:
        input:
            manifest=book.folder / "book.yaml",
            galleys=rules.resolve.output.galleys,
            pages=rules.sheets.output.pages,
            seals=[
                rules.resolve.output.seal,
                rules.sheets.output.seal,
                *book.seals(*book.checked, book.downloads),
            ],
            styles=book.style_files("check"),
            engine=book.inputs("check", "editions", "pagemap.py", *SHARED, *MODEL),
        output:
            findings=book.build / "check/findings.json",
            record=book.build / "check/record.json",
            compared=book.build / "fidelity.html",
            seal=book.seal(book.build / "check/findings.json"),
        log:
            book.log("checked"),
        params:
            editions=book.checked,
            state=state,
        shell:
            book.command(
                "check {input.manifest:q} {input.galleys:q} {params.editions:q} {styles}"
                " --report {output.compared:q} --save {output.findings:q} --record {output.record:q} --lenient"
            )

    rule check:
        input:
            findings=rules.checked.output.findings,
            seals=rules.checked.output.seal,
        log:
            book.log("check"),
            findings=book.build / "findings.json",
            sarif=book.build / "findings.sarif",
        shell:
            "python -m press findings {input.findings:q} --save {log.findings:q} --save {log.sarif:q} > {log[0]:q} 2>&1"

    # For a release with large print: `checked` need not have seen it.
    rule checked_large:
        input:
            manifest=book.folder / "book.yaml",
            galleys=rules.resolve.output.galleys,
            seals=[rules.resolve.output.seal, book.seal(book.large)],
            engine=book.inputs("check", "editions", *SHARED, *MODEL),
        output:
            findings=book.build / "check/large-findings.json",
            record=book.build / "check/large-record.json",
            seal=book.seal(book.build / "check/large-findings.json"),
        log:
            book.log("checked-large"),
        params:
            large=book.large,
            state=state,
        shell:
            book.command(
                "check {input.manifest:q} {input.galleys:q} {params.large:q} --save {output.findings:q}"
                " --record {output.record:q} --lenient"
            )

    # What a release rests on: the checks of all its editions.
    proofs = [rules.checked.output]
    if book.large in book.released:
        proofs.append(rules.checked_large.output)

    rule release:
        input:
            manifest=book.folder / "book.yaml",
            galleys=rules.resolve.output.galleys,
            pages=rules.sheets.output.pages,
            card=rules.preflight.output.data,
            records=[proof.record for proof in proofs],
            findings=[proof.findings for proof in proofs],
            seals=[
                rules.resolve.output.seal,
                rules.sheets.output.seal,
                rules.preflight.output.seal,
                *(proof.seal for proof in proofs),
                *book.seals(*book.released, book.downloads),
            ],
            styles=book.style_files("release"),
            engine=book.inputs("release", *SHARED, *MODEL),
        output:
            book.build / "release/manifest.json",
            book.build / "release/SHA256SUMS",
            seal=book.seal(book.build / "release/manifest.json"),
        log:
            book.log("release"),
        params:
            editions=book.released,
            folder=book.build / "release",
            checks=lambda wildcards, input: [
                *(f"--record={path}" for path in input.records),
                *(f"--findings={path}" for path in input.findings),
            ],
            state=state,
        shell:
            book.command(
                "release {input.manifest:q} {input.galleys:q} {input.pages:q} {input.card:q} {params.editions:q}"
                " {params.checks:q} {styles} -o {params.folder:q}"
            )

    rule epub:
        input:
            book.seal(book.epub),

    rule pdf:
        input:
            book.seal(book.pdf),

    rule large:
        input:
            book.seal(book.large),

    rule print:
        input:
            book.seals(book.print, book.cover),

    rule cover:
        input:
            book.seal(book.cover),

    rule html:
        input:
            book.seal(book.html),

    rule docx:
        input:
            book.seal(book.docx),

    rule prose:
        input:
            manifest=book.folder / "book.yaml",
            galleys=rules.resolve.output.galleys,
            seals=rules.resolve.output.seal,
        log:
            book.log("prose"),
        shell:
            "python -m press check {input.manifest:q} {input.galleys:q} > {log:q} 2>&1"

    rule report:
        input:
            manifest=book.folder / "book.yaml",
            galleys=rules.resolve.output.galleys,
            pages=rules.sheets.output.pages,
            findings=rules.checked.output.findings,
            record=rules.checked.output.record,
            card=rules.preflight.output.data,
            against=book.earlier,
            seals=[
                rules.resolve.output.seal,
                rules.sheets.output.seal,
                rules.checked.output.seal,
                rules.preflight.output.seal,
                *book.seals(*book.checked),
            ],
            styles=book.style_files("report", "fonts"),
            engine=book.inputs("report", "changes", "pagemap.py", *SHARED, *MODEL),
        output:
            page=book.build / "report.html",
            data=book.build / "report.json",
            seal=book.seal(book.build / "report.html"),
        log:
            book.log("report"),
        params:
            editions=book.checked,
            against=book.against_option,
            state=state,
        shell:
            book.command(
                "report {input.manifest:q} {input.galleys:q} {input.pages:q} {params.editions:q}"
                " --findings {input.findings:q} --record {input.record:q} --card {input.card:q} --times .snakemake/metadata"
                " {params.against} {styles} -o {output.page:q}"
            )

    rule clean:
        log:
            book.log("clean"),
        params:
            build=book.build,
        shell:
            "find {params.build:q} -mindepth 1 ! -name README.md ! -name .lock -delete"

    book.review(workflow)

else:

    include: "press/catalogue/house.smk"
