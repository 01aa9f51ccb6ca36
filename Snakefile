# The book, from manuscript to editions.
#
#   manuscript/*.md -> read -> resolve -> galleys -> sheets -> epub, pdf, print, html -> check
#
# snakemake all          every edition of this book (also: epub, pdf, print, cover, html, preflight, prose, check, clean)
# snakemake report       what the build comes to, as a page; --config against=FOLDER: and what changed since that release
# snakemake large        the large-print PDF, which is typeset on its own
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


# What a job says goes into its log; its seal, which tells what it was made from, comes last (press/seals.py).
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
            "python -m press read {input.manuscript:q} -o {output.read:q}"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
            styles=book.style_options,
            folder=book.build / "galleys",
            state=state,
        shell:
            "python -m press resolve {input.manifest:q} {input.read:q} {params.styles} -o {params.folder:q}"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
            styles=book.style_options,
            folder=book.build / "sheets/book",
            state=state,
        shell:
            "python -m press sheets {input.galleys:q} {params.styles} --workers {threads} -o {params.folder:q}"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
            styles=book.style_options,
            state=state,
        shell:
            "python -m press epub {input.galleys:q} --pages {input.pages:q} {params.styles} -o {params.file:q}"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
            styles=book.style_options,
            state=state,
        shell:
            "python -m press pdf {input.sheets:q} {input.galleys:q} {params.styles} -o {params.file:q}"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
            styles=book.style_options,
            folder=book.build / "sheets/large",
            state=state,
        shell:
            "python -m press sheets {input.galleys:q} -l large {params.styles} -j {threads} -o {params.folder:q}"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
            styles=book.style_options,
            state=state,
        shell:
            "python -m press large {input.sheets:q} {input.galleys:q} {params.styles} -o {params.file:q}"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
            styles=book.style_options,
            state=state,
        shell:
            "python -m press print {input.sheets:q} {input.galleys:q} {params.styles} -o {params.file:q}"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
            "python -m press wrap {input.galleys:q} {input.pages:q} -o {output.wrap:q}"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
            styles=book.style_options,
            state=state,
        shell:
            "python -m press cover {input.wrap:q} {params.galleys:q} {params.styles} -o {params.file:q}"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
            styles=book.style_options,
            folder=book.build / "html",
            state=state,
        shell:
            "python -m press html {input.galleys:q} {params.styles} -o {params.folder:q}"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
            styles=book.style_options,
            state=state,
        shell:
            "python -m press docx {input.galleys:q} {params.styles} -o {params.file:q}"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
            styles=book.style_options,
            state=state,
        shell:
            "python -m press downloads {input.galleys:q} {params.editions:q} {params.styles} -o {params.file:q}"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
            styles=book.style_options,
            state=state,
        shell:
            "python -m press preflight {input.galleys:q} {params.editions:q} {params.styles} -o {output.card:q}"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
            styles=book.style_options,
            state=state,
        shell:
            "python -m press check {input.manifest:q} {input.galleys:q} {params.editions:q} {params.styles}"
            " --report {output.compared:q} --save {output.findings:q} --record {output.record:q} --lenient"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
            "python -m press check {input.manifest:q} {input.galleys:q} {params.large:q} --save {output.findings:q}"
            " --record {output.record:q} --lenient"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

    rule release:
        input:
            manifest=book.folder / "book.yaml",
            galleys=rules.resolve.output.galleys,
            pages=rules.sheets.output.pages,
            card=rules.preflight.output.data,
            records=[
                rules.checked.output.record,
                (
                    rules.checked_large.output.record
                    if book.large in book.released
                    else []
                ),
            ],
            findings=[
                rules.checked.output.findings,
                (
                    rules.checked_large.output.findings
                    if book.large in book.released
                    else []
                ),
            ],
            seals=[
                rules.resolve.output.seal,
                rules.sheets.output.seal,
                rules.preflight.output.seal,
                rules.checked.output.seal,
                (
                    rules.checked_large.output.seal
                    if book.large in book.released
                    else []
                ),
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
            styles=book.style_options,
            folder=book.build / "release",
            checks=lambda wildcards, input: [
                *(f"--record={path}" for path in input.records),
                *(f"--findings={path}" for path in input.findings),
            ],
            state=state,
        shell:
            "python -m press release {input.manifest:q} {input.galleys:q} {input.pages:q} {input.card:q} {params.editions:q}"
            " {params.checks:q} {params.styles} -o {params.folder:q}"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
            styles=book.style_options,
            state=state,
        shell:
            "python -m press report {input.manifest:q} {input.galleys:q} {input.pages:q} {params.editions:q}"
            " --findings {input.findings:q} --record {input.record:q} --card {input.card:q} --times .snakemake/metadata"
            " {params.against} {params.styles} -o {output.page:q}"
            " > {log:q} 2>&1 && echo {params.state} > {output.seal:q}"

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
