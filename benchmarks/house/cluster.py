"""A throw-away SLURM cluster on this machine: Debian's daemons, everything in one folder, nothing below /etc or /var.

It needs root (slurmd starts jobs as their owner) and the packages slurmctld, slurmd, slurm-client and munge. There is
no slurmdbd, so there is no sacct: jobs are asked for with squeue.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from benchmarks.house.conf import CONF, NODE, PARTITION

PROGRAMS = ("munged", "slurmctld", "slurmd", "sinfo", "scancel")
READY = {"idle", "mixed", "allocated"}


class Cluster:
    """Some nodes of one core each. Enter it to start them; leaving it stops what was started, and nothing else."""

    def __init__(self, folder: Path, nodes: int = 3, memory: int = 2500) -> None:
        self.folder = folder
        self.nodes = [f"n{number}" for number in range(1, nodes + 1)]
        self.memory = memory  # MB a node
        self.daemons: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which SLURM's commands find this cluster."""
        return {"SLURM_CONF": str(self.folder / "slurm.conf"), "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}

    def __enter__(self) -> Cluster:
        if lacking := [name for name in PROGRAMS if not shutil.which(name)]:
            raise SystemExit(f"{', '.join(lacking)} missing: apt-get install slurmctld slurmd slurm-client munge")
        if os.geteuid():
            raise SystemExit("run this as root: slurmd starts jobs as their owner")
        self._prepare()
        try:
            self._start("munged", "munged", "--foreground", "--force", *self._munge())
            time.sleep(1)
            self._start("slurmctld", "slurmctld", "-D", "-i")
            for node in self.nodes:
                self._start(node, "slurmd", "-D", "-N", node)
            self._wait()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.command("scancel", "--quiet", "--user=root")
        time.sleep(1)
        self._stop()

    def command(self, *words: str) -> str:
        """Run one of SLURM's commands; return what it says."""
        done = subprocess.run(words, env=os.environ | self.environment, capture_output=True, text=True, timeout=60)
        return done.stdout

    def running(self) -> dict[str, str]:
        """Return the node of each running job."""
        lines = self.command("squeue", "--noheader", "--states=RUNNING", "--format=%i %N").splitlines()
        return {line.split()[0]: line.split()[1] for line in lines if line.strip()}

    def kill(self, node: str) -> None:
        """Lose a node as a power cut would: its daemon and all that its jobs had running, at once."""
        jobs = [job for job, where in self.running().items() if where == node]
        daemon = self.daemons.pop(node)
        steps = [process for process, said in _processes("cmdline") for job in jobs if f"slurmstepd: [{job}." in said]
        inside = [process for process, said in _processes("environ") if f"SLURMD_NODENAME={node}\0" in said]
        for process in (daemon.pid, *steps, *inside):  # the step managers first, or they would report what happened
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        daemon.wait()

    def _prepare(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in ("bin", "log", "munge", "run", "sock", "state", *(f"spool/{node}" for node in self.nodes)):
            (self.folder / name).mkdir(parents=True)
        key = self.folder / "munge" / "key"
        key.write_bytes(secrets.token_bytes(1024))
        key.chmod(0o400)
        (self.folder / "munge").chmod(0o700)
        # The plugin's job steps call srun without SLURM_CONF; this one puts it back.
        srun = self.folder / "bin" / "srun"
        srun.write_text(f'#!/bin/sh\nSLURM_CONF={self.folder}/slurm.conf exec {shutil.which("srun")} "$@"\n')
        srun.chmod(0o755)
        host = socket.gethostname().partition(".")[0]
        ports = _free_ports(len(self.nodes) + 1)
        text = CONF.format(folder=self.folder, host=host, port=ports[0])
        for node, port in zip(self.nodes, ports[1:], strict=True):
            text += NODE.format(node=node, host=host, port=port, memory=self.memory)
        text += PARTITION.format(nodes=",".join(self.nodes))
        (self.folder / "slurm.conf").write_text(text)

    def _munge(self) -> list[str]:
        places = {"key-file": "munge/key", "socket": "sock/s", "pid-file": "run/munged.pid", "seed-file": "munge/seed"}
        return [f"--{name}={self.folder / place}" for name, place in places.items()]

    def _start(self, name: str, *words: str) -> None:
        with (self.folder / "log" / f"{name}.out").open("wb") as log:
            self.daemons[name] = subprocess.Popen(
                words, env=os.environ | self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def _wait(self) -> None:
        for _ in range(120):
            states = self.command("sinfo", "--noheader", "--Node", "--format=%T").split()
            if len(states) == len(self.nodes) and set(states) <= READY:
                return
            time.sleep(0.5)
        raise SystemExit(f"the nodes do not come up: see {self.folder / 'log'}")

    def _stop(self) -> None:
        for daemon in reversed(self.daemons.values()):
            daemon.terminate()
        for daemon in self.daemons.values():
            try:
                daemon.wait(timeout=20)
            except subprocess.TimeoutExpired:
                daemon.kill()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _processes(what: str) -> Iterator[tuple[int, str]]:
    """Yield the number of each process of this machine, and its command line or environment."""
    for file in Path("/proc").glob(f"[0-9]*/{what}"):
        try:
            yield int(file.parent.name), file.read_text(errors="replace")
        except OSError:
            continue
