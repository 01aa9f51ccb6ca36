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
            [book.epub, book.pdf, book.print, book.cover, book.downloads],

    rule read:
        input:
            manuscript=book.folder / "manuscript/{name}.md",
            engine=book.inputs("read", "yamlfile.py", *SHARED),
        output:
            book.build / "read/{name}.json",
        log:
            book.log("read-{name}"),
        shell:
            "python -m press read {input.manuscript:q} -o {output:q} > {log:q} 2>&1"

    rule resolve:
        input:
            read=book.read,
            manifest=book.folder / "book.yaml",
            references=book.references,
            images=book.images,
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
            book.galleys,
        log:
            book.log("resolve"),
        params:
            styles=book.style_options,
            folder=book.build / "galleys",
        shell:
            "python -m press resolve {input.manifest:q} {input.read:q} {params.styles} -o {params.folder:q} > {log:q} 2>&1"

    rule sheets:
        input:
            galleys=rules.resolve.output,
            styles=book.style_files("pdf", "fonts"),
            engine=book.inputs("sheets", "pagemap.py", "folios.py", *SHARED, *MODEL),
        output:
            pdf=book.build / "sheets/book/book.pdf",
            pages=book.build / "sheets/book/pages.json",
        log:
            book.log("sheets"),
        threads: workflow.cores
        params:
            styles=book.style_options,
            folder=book.build / "sheets/book",
        shell:
            "python -m press sheets {input.galleys:q} {params.styles} --workers {threads} -o {params.folder:q} > {log:q} 2>&1"

    rule epub_edition:
        input:
            galleys=rules.resolve.output,
            pages=rules.sheets.output.pages,
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
            book.epub,
        log:
            book.log("epub"),
        params:
            styles=book.style_options,
        shell:
            "python -m press epub {input.galleys:q} --pages {input.pages:q} {params.styles} -o {output:q} > {log:q} 2>&1"

    rule pdf_edition:
        input:
            sheets=rules.sheets.output.pdf,
            galleys=rules.resolve.output,
            styles=book.style_files("pdf", "fonts"),  # of the sheets: were these to fail, the edition is known to be old
            engine=book.inputs("editions/pdf", *SHARED, *MODEL),
        output:
            book.pdf,
        log:
            book.log("pdf"),
        params:
            styles=book.style_options,
        shell:
            "python -m press pdf {input.sheets:q} {input.galleys:q} {params.styles} -o {output:q} > {log:q} 2>&1"

    rule large_sheets:
        input:
            galleys=rules.resolve.output,
            styles=book.style_files("pdf", "fonts"),
            engine=book.inputs("sheets", "pagemap.py", "folios.py", *SHARED, *MODEL),
        output:
            pdf=book.build / "sheets/large/book.pdf",
            pages=book.build / "sheets/large/pages.json",
        log:
            book.log("large-sheets"),
        threads: workflow.cores
        params:
            styles=book.style_options,
            folder=book.build / "sheets/large",
        shell:
            "python -m press sheets {input.galleys:q} -l large {params.styles} -j {threads} -o {params.folder:q} > {log:q} 2>&1"

    rule large_edition:
        input:
            sheets=rules.large_sheets.output.pdf,
            galleys=rules.resolve.output,
            styles=book.style_files("pdf", "fonts"),
            engine=book.inputs("editions/pdf", *SHARED, *MODEL),
        output:
            book.large,
        log:
            book.log("large"),
        params:
            styles=book.style_options,
        shell:
            "python -m press large {input.sheets:q} {input.galleys:q} {params.styles} -o {output:q} > {log:q} 2>&1"

    rule print_edition:
        input:
            sheets=rules.sheets.output.pdf,
            galleys=rules.resolve.output,
            styles=book.style_files("pdf", "fonts", "profiles"),
            engine=book.inputs("editions/pdf", "editions/print", *SHARED, *MODEL),
        output:
            book.print,
        log:
            book.log("print"),
        params:
            styles=book.style_options,
        shell:
            "python -m press print {input.sheets:q} {input.galleys:q} {params.styles} -o {output:q} > {log:q} 2>&1"

    # What the cover depends on, and nothing that an edit of the text changes while the page count stays.
    rule wrap:
        input:
            galleys=rules.resolve.output,
            pages=rules.sheets.output.pages,
            engine=book.inputs("editions/print/wrap.py", "pagemap.py", *SHARED, *MODEL),
        output:
            book.build / "wrap.json",
        log:
            book.log("wrap"),
        shell:
            "python -m press wrap {input.galleys:q} {input.pages:q} -o {output:q} > {log:q} 2>&1"

    rule cover_wrap:
        input:
            wrap=rules.wrap.output,
            art=book.art,
            styles=book.style_files("cover", "fonts", "profiles"),
            engine=book.inputs("editions/print", "sheets", *SHARED, *MODEL),
        output:
            book.cover,
        log:
            book.log("cover"),
        params:
            galleys=book.galleys,
            styles=book.style_options,
        shell:
            "python -m press cover {input.wrap:q} {params.galleys:q} {params.styles} -o {output:q} > {log:q} 2>&1"

    rule html_edition:
        input:
            galleys=rules.resolve.output,
            styles=book.style_files("web", "fonts"),
            engine=book.inputs("editions/web", *SHARED, *MODEL),
        output:
            book.html,
        log:
            book.log("html"),
        params:
            styles=book.style_options,
            folder=book.build / "html",
        shell:
            "python -m press html {input.galleys:q} {params.styles} -o {params.folder:q} > {log:q} 2>&1"

    rule docx_edition:
        input:
            galleys=rules.resolve.output,
            styles=book.style_files("docx"),
            engine=book.inputs(
                "editions/docx",
                "editions/epub/pictures.py",
                "read/pandoc.py",
                *SHARED,
                *MODEL,
            ),
        output:
            book.docx,
        log:
            book.log("docx"),
        params:
            styles=book.style_options,
        shell:
            "python -m press docx {input.galleys:q} {params.styles} -o {output:q} > {log:q} 2>&1"

    rule downloads:
        input:
            galleys=rules.resolve.output,
            site=book.html,
            editions=[book.epub, book.pdf, book.print, book.cover],
            styles=book.style_files("web"),
            engine=book.inputs("editions/web", *SHARED, *MODEL),
        output:
            book.downloads,
        log:
            book.log("downloads"),
        params:
            styles=book.style_options,
        shell:
            "python -m press downloads {input.galleys:q} {input.editions:q} {params.styles} -o {output:q} > {log:q} 2>&1"

    rule preflight:
        input:
            galleys=rules.resolve.output,
            block=book.print,
            cover=book.cover,
            styles=book.style_files("preflight"),
            engine=book.inputs("check/preflight", *SHARED, *MODEL),
        output:
            card=book.build / "preflight.html",
            data=book.build / "preflight.json",
        log:
            book.log("preflight"),
        params:
            styles=book.style_options,
        shell:
            "python -m press preflight {input.galleys:q} {input.block:q} {input.cover:q} {params.styles} -o {output.card:q}"
            " > {log:q} 2>&1"

    # What is found ends no run; `check` tells it.
    rule checked:
        input:
            manifest=book.folder / "book.yaml",
            galleys=rules.resolve.output,
            pages=rules.sheets.output.pages,
            editions=[book.epub, book.pdf, book.print, book.cover, book.html],
            downloads=book.downloads,
            large=book.large if exists(book.large) else [],  # no part of `all`, so it is checked where it has been made
            styles=book.style_files("check"),
            engine=book.inputs("check", "editions", "pagemap.py", *SHARED, *MODEL),
        output:
            findings=book.build / "check/findings.json",
            record=book.build / "check/record.json",
            compared=book.build / "fidelity.html",
        log:
            book.log("checked"),
        params:
            styles=book.style_options,
        shell:
            "python -m press check {input.manifest:q} {input.galleys:q} {input.editions:q} {input.large:q} {params.styles}"
            " --report {output.compared:q} --save {output.findings:q} --record {output.record:q} --lenient"
            " > {log:q} 2>&1"

    rule check:
        input:
            rules.checked.output.findings,
        log:
            book.log("check"),
            findings=book.build / "findings.json",
            sarif=book.build / "findings.sarif",
        shell:
            "python -m press findings {input:q} --save {log.findings:q} --save {log.sarif:q} > {log[0]:q} 2>&1"

    # For a release with large print: `checked` need not have seen it.
    rule checked_large:
        input:
            manifest=book.folder / "book.yaml",
            galleys=rules.resolve.output,
            large=book.large,
            engine=book.inputs("check", "editions", *SHARED, *MODEL),
        output:
            findings=book.build / "check/large-findings.json",
            record=book.build / "check/large-record.json",
        log:
            book.log("checked-large"),
        shell:
            "python -m press check {input.manifest:q} {input.galleys:q} {input.large:q} --save {output.findings:q}"
            " --record {output.record:q} --lenient > {log:q} 2>&1"

    rule release:
        input:
            manifest=book.folder / "book.yaml",
            galleys=rules.resolve.output,
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
            editions=book.released,
            site=book.downloads,
            styles=book.style_files("release"),
            engine=book.inputs("release", *SHARED, *MODEL),
        output:
            book.build / "release/manifest.json",
            book.build / "release/SHA256SUMS",
        log:
            book.log("release"),
        params:
            styles=book.style_options,
            folder=book.build / "release",
            checks=lambda wildcards, input: [
                *(f"--record={path}" for path in input.records),
                *(f"--findings={path}" for path in input.findings),
            ],
        shell:
            "python -m press release {input.manifest:q} {input.galleys:q} {input.pages:q} {input.card:q} {input.editions:q}"
            " {params.checks:q} {params.styles} -o {params.folder:q} > {log:q} 2>&1"

    rule epub:
        input:
            book.epub,

    rule pdf:
        input:
            book.pdf,

    rule large:
        input:
            book.large,

    rule print:
        input:
            [book.print, book.cover],

    rule cover:
        input:
            book.cover,

    rule html:
        input:
            book.html,

    rule docx:
        input:
            book.docx,

    rule prose:
        input:
            manifest=book.folder / "book.yaml",
            galleys=rules.resolve.output,
        log:
            book.log("prose"),
        shell:
            "python -m press check {input.manifest:q} {input.galleys:q} > {log:q} 2>&1"

    rule report:
        input:
            manifest=book.folder / "book.yaml",
            galleys=rules.resolve.output,
            pages=rules.sheets.output.pages,
            editions=rules.checked.input.editions,
            large=rules.checked.input.large,
            findings=rules.checked.output.findings,
            record=rules.checked.output.record,
            card=rules.preflight.output.data,
            against=book.earlier,
            styles=book.style_files("report", "fonts"),
            engine=book.inputs("report", "changes", "pagemap.py", *SHARED, *MODEL),
        output:
            page=book.build / "report.html",
            data=book.build / "report.json",
        log:
            book.log("report"),
        params:
            against=book.against_option,
            styles=book.style_options,
        shell:
            "python -m press report {input.manifest:q} {input.galleys:q} {input.pages:q} {input.editions:q} {input.large:q}"
            " --findings {input.findings:q} --record {input.record:q} --card {input.card:q} --times .snakemake/metadata"
            " {params.against} {params.styles} -o {output.page:q} > {log:q} 2>&1"

    rule clean:
        log:
            book.log("clean"),
        params:
            build=book.build,
        shell:
            "find {params.build:q} -mindepth 1 ! -name README.md ! -name .lock -delete"

else:

    include: "press/catalogue/house.smk"
