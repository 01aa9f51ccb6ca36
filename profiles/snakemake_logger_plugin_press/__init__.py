"""How Snakemake speaks to an author: a line for each job, a progress line, and what a failed job found, once.

Snakemake finds this package by its name, through the path file that ./book writes; default/config.yaml asks for it.
"""

from __future__ import annotations

import logging
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_press.start import spare
from snakemake_logger_plugin_press.status import Status

KEPT = ("Nothing to be done", "This was a dry-run")  # of all that Snakemake mentions in passing
WHERE = ('  File "', "WorkflowError in file")  # in the Snakefile: no author's business


class LogHandler(LogHandlerBase):
    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def __post_init__(self) -> None:
        spare()
        logging.raiseExceptions = False  # that Snakemake's own log cannot be written is not worth a traceback
        self.begun = time.monotonic()
        self.total = self.failed = 0
        self.names: dict[int, str] = {}
        self.books: dict[int, str] = {}  # in a catalogue, the book of each job
        self.told: dict[int, list[str]] = {}  # the logs of jobs that make nothing but have something to say
        self.broken: dict[str, list[str]] = {}  # in a catalogue, what is wrong with each book that was not made
        self.status = Status(sys.stderr)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            for line in self.lines(record.getMessage(), record.levelno, vars(record)):
                self.status.say(line)
        except Exception:
            self.handleError(record)

    def lines(self, message: str, level: int, about: dict[str, Any]) -> list[str]:
        settings = self.common_settings
        match about.get("event"):
            case LogEvent.RUN_INFO:  # "all" makes nothing, so it neither counts nor shows
                self.total = about["stats"]["total"] - about["stats"].get("all", 0)
            case LogEvent.JOB_INFO if about["rule_msg"] or about["output"]:
                name = self.names[about["jobid"]] = self.title(about)
                self.books[about["jobid"]] = str(dict(about["wildcards"] or {}).get("book", ""))
                why = f" ({about['reason']})" if settings.dryrun else ""
                if not settings.dryrun:
                    self.status.begin(about["jobid"], name, list(about["log"] or []))
                return [f"[{len(self.names)}/{self.total}] {name}{why}"]
            case LogEvent.JOB_INFO:
                self.told[about["jobid"]] = list(about["log"] or [])
            case LogEvent.SHELLCMD if settings.printshellcmds and not message.endswith(": None"):
                return [message]
            case LogEvent.JOB_FINISHED:
                self.status.end(about["job_id"])
                self.broken.pop(self.books.get(about["job_id"], ""), None)  # a second try went well
                return said(self.told.get(about["job_id"], []))
            case LogEvent.JOB_ERROR | LogEvent.GROUP_ERROR:
                for job in about.get("job_error_info") or [about]:
                    self.status.end(job["jobid"])
                self.failed += 1
                return self.failure(about)
            case LogEvent.PROGRESS if about["done"] == about["total"]:
                return [f"done in {time.monotonic() - self.begun:.1f} s"]
            case LogEvent.ERROR if about.get("exception") == "WorkflowError" and self.failed:
                return self.summary() or [f"{self.failed} of {self.total} jobs failed"]
            case LogEvent.ERROR if "\nCalledProcessError in " not in message:  # that one is told by the job's own error
                return [line for line in message.splitlines() if not line.startswith(WHERE)]
            case None if message.startswith("Ignore corrupted"):  # a note of Snakemake's that a kill left behind
                return []
            case None if settings.verbose or message.startswith(KEPT) or (level >= logging.WARNING and not self.failed):
                return [message]
        return []

    def title(self, about: dict[str, Any]) -> str:
        wildcards = [str(value) for value in dict(about["wildcards"] or {}).values()]
        return str(about["rule_msg"] or " ".join([about["rule_name"], *wildcards]))

    def failure(self, about: dict[str, Any]) -> list[str]:
        """What the jobs wrote to their logs: of our own commands that is the findings and nothing else.

        In a catalogue the summary tells it.
        """
        lines = []
        for job in about.get("job_error_info") or [about]:
            name = self.names.get(job["jobid"], job["rule_name"])
            why = said(job["log"] or []) or [f"    {silence(job)}"]
            if book := self.books.get(job["jobid"]):
                self.broken[book] = why
                lines.append(f"failed: {name} (told at the end)")
            else:
                lines += [f"failed: {name}", *why]
        return lines

    def summary(self) -> list[str]:
        """Return the books of a catalogue that were not made, each with what is wrong; nothing for a single book."""
        count = len(self.broken)
        books = [line for book in sorted(self.broken) for line in (f"not made: {book}", *self.broken[book])]
        return [f"{count} book{'s were' if count > 1 else ' was'} not made:", *books] if count else []


def logs_of(names: list[str]) -> list[Path]:
    """Return the logs among the files that Snakemake calls so: not the reports."""
    return [Path(name) for name in names if name.endswith(".log")]


def said(names: list[str]) -> list[str]:
    """Return what a job wrote to its logs, set in."""
    texts = [log.read_text("utf-8", "replace") for log in logs_of(names) if log.is_file()]
    return [f"    {line}" for text in texts for line in text.splitlines()]


def silence(job: dict[str, Any]) -> str:
    """Why a job that failed may have said nothing: where there is no space left, there is none for its log."""
    for log in logs_of(job["log"] or []):
        if log.parent.is_dir() and shutil.disk_usage(log.parent).free < 16_384:
            return f"{log.parent}: No space left on device"
    return f"no word from: {job.get('shellcmd') or job['rule_name']}"
