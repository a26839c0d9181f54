"""A Slurm cluster of several nodes on this one machine: Slurm's own daemons, on free loopback ports, in one folder."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from postgres_server import free_port

_PROGRAMS = ("slurmctld", "slurmd", "sbatch", "squeue")
_CONFIGURATION = """\
ClusterName=proving
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
AuthInfo=cred_expire={held}
CredType=cred/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/%n.log
SlurmctldTimeout=60
SlurmdTimeout=10
KillWait={grace}
OverTimeLimit=0
ReturnToService=0
{more}
"""
_UP_S = 30.0
_DOWN_S = 20.0


def is_installed() -> bool:
    return all(shutil.which(name, path=_path()) for name in _PROGRAMS)


def can_run() -> bool:
    """Whether there are daemons, and the rights to start jobs as somebody."""
    return is_installed() and os.geteuid() == 0


@dataclass
class SlurmCluster:
    """A controller and its nodes.

    Attributes:
        folder: everything that the cluster writes.
        nodes: their names.
        environment: in which `sbatch` and the others reach this cluster and no other.
    """

    folder: Path
    nodes: Sequence[str]
    environment: Mapping[str, str]
    _daemons: list[subprocess.Popen[bytes]] = field(default_factory=list, repr=False)

    def start(self) -> None:
        """
        Raises:
            TimeoutError: not all nodes are up within half a minute.
        """
        conf = self.environment["SLURM_CONF"]
        self._daemons.append(self._spawn("slurmctld", "-D", "-i", "-f", conf))
        self._daemons += [self._spawn("slurmd", "-D", "-N", node, "-f", conf) for node in self.nodes]
        wait_for(lambda: self._idle() == set(self.nodes), _UP_S, "all nodes of the Slurm cluster are up")

    def stop(self) -> None:
        """End jobs and daemons, each by its process id."""
        for daemon in self._daemons:
            daemon.terminate()
        for left in self._left_over():
            left.kill()
        for daemon in self._daemons:
            try:
                daemon.wait(_DOWN_S)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def ask(self, *command: str) -> str:
        """What one of Slurm's commands prints."""
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=30
        ).stdout

    def _spawn(self, *command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _idle(self) -> set[str]:
        return set(self.ask("sinfo", "--noheader", "--Node", "--responding", "--states=idle", "--format=%N").split())

    def _left_over(self) -> list[psutil.Process]:
        """A job's `slurmstepd`, which outlives the node's daemon, and what runs under it."""
        keepers = [process for process in psutil.process_iter() if self._keeps_a_job(process)]
        return [process for keeper in keepers for process in (*keeper.children(recursive=True), keeper)]

    def _keeps_a_job(self, process: psutil.Process) -> bool:
        conf = f"SLURM_CONF={self.environment['SLURM_CONF']}\0".encode()
        try:  # it writes its title over the beginning of its environment, after which psutil sees none
            return process.name() == "slurmstepd" and conf in Path(f"/proc/{process.pid}/environ").read_bytes()
        except (OSError, psutil.Error):
            return False


@contextmanager
def slurm_cluster(
    folder: Path, *settings: str, nodes: int = 3, held_s: int = 5, grace_s: int = 10
) -> Iterator[SlurmCluster]:
    """A running cluster, stopped at the end; only root may start jobs on it.

    Args:
        folder: empty or new.
        settings: further lines of slurm.conf, partitions among them; without any there is one over all nodes.
        nodes: how many, of one core each, named n1, n2, ...
        held_s: how long Slurm keeps back a job that was requeued, 5 s at least; 120 s where nobody says otherwise.
        grace_s: between the signal that a job's time is over and its death.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "state").mkdir()
    names = [f"n{number}" for number in range(1, nodes + 1)]
    lines = [f"NodeName={name} NodeHostname={_host()} NodeAddr=127.0.0.1 Port={free_port()} CPUs=1" for name in names]
    lines += settings
    if not any(line.startswith("PartitionName=") for line in settings):
        lines.append("PartitionName=all Nodes=ALL Default=YES State=UP")
    conf = folder / "slurm.conf"
    conf.write_text(
        _CONFIGURATION.format(
            host=_host(), port=free_port(), folder=folder, held=held_s, grace=grace_s, more="\n".join(lines)
        )
    )
    cluster = SlurmCluster(folder, names, os.environ | {"SLURM_CONF": str(conf), "PATH": _path()})
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


def wait_for(happens: Callable[[], bool], seconds: float, what: str) -> None:
    """
    Raises:
        TimeoutError: it does not happen in time.
    """
    until = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > until:
            raise TimeoutError(f"within {seconds:g} s it did not happen that {what}")
        time.sleep(0.2)


def _host() -> str:
    return socket.gethostname().partition(".")[0]


def _path() -> str:
    """Debian keeps the daemons where a user's path does not lead."""
    return f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
