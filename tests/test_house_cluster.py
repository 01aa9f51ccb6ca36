"""What a house on a cluster stands on: how jobs are asked for, and the tables of the benchmark."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from conftest import HOME

from benchmarks.house.tables import tables


def test_the_tables_of_the_benchmark() -> None:
    """What the commands print is what the README shows."""
    made = {"made": 6, "wall": 90.0, "cpu": 24.0, "memory": 98, "cpu of the press": 18.0, "memory of the press": 140}
    lines = [
        {"what": "plan", "books": 1000, "cpu": 3.4, "memory": 119, "load": 1.0},
        {"what": "plan", "books": 10, "cpu": 1.4, "memory": 99, "load": 1.0},
        {"what": "slurm", "books": 6, "nodes": 2, "books a job": 1, "jobs": {"COMPLETED": 6, "NODE_FAIL": 1},
         "lost node": "n1", "books a minute": 4.0, "load": 1.5, **made},
    ]  # fmt: skip
    said = tables("\n".join(["some other line", *map(json.dumps, lines)]))
    assert said.index("| 10 | 1.4 s | 99 MB | 1.0 |") < said.index("| 1,000 | 3.4 s | 119 MB | 1.0 |")
    assert "One more title: 2.0 ms of CPU and 20 kB to plan." in said
    assert (
        "| slurm | 2 | 1 | 6 completed, 1 node fail (n1 killed) | 6 of 6 | 90 s | 4.0 | 4.00 s | 3.00 s | 1.00 s "
        "| 140 MB | 98 MB | 1.5 |"
    ) in said


@pytest.mark.parametrize(
    ("squeue", "status"),
    [
        ("echo PENDING", "running"),
        ("echo RUNNING", "running"),
        ("echo COMPLETED", "success"),
        ("echo NODE_FAIL", "failed"),
        ("echo TIMEOUT", "failed"),
        ("echo slurm_load_jobs error: Invalid job id specified >&2; exit 1", "success"),
        ("echo slurm_load_jobs error: Unable to contact slurm controller >&2; exit 1", "running"),
    ],
)
def test_how_a_job_stands(tmp_path: Path, squeue: str, status: str) -> None:
    """For cluster-generic, by a squeue that says this."""
    program = tmp_path / "squeue"
    program.write_text(f"#!/bin/sh\n{squeue}\n", encoding="utf-8")
    program.chmod(0o755)
    said = subprocess.run(
        [HOME / "profiles/slurm/status.sh", "7"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout == f"{status}\n"
