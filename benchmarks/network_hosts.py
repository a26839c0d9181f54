"""Hosts of a small network, as namespaces of this machine: each has a name, an address, and a link that can be cut.

They see each other and nothing else. Nothing of them is in this machine's own network: the first host has the switch,
and every cable is made between two of them. They last as long as the processes in them, which end with the block.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

NETWORK = "10.213.57.0/24"  # may stand as often as there are such networks at a time
_KEEPER = 'hostname "$0" && ip link set lo up && echo ready && exec cat'  # ends with whoever holds its input
_DISABLED, _FORWARDING = "0", "3"  # of a switch's port


def why_not() -> str | None:
    """Why this machine can have no such network; None if it can."""
    missing = [program for program in ("ip", "bridge", "unshare", "nsenter") if not shutil.which(program)]
    if missing:
        return f"the machine has no {', '.join(missing)} (Debian: iproute2, util-linux)"
    trying = ["unshare", "--net", "--uts", "ip", "link", "add", "switch", "type", "bridge"]
    tried = subprocess.run(trying, capture_output=True, text=True, check=False)
    return f"no network namespaces can be made here: {tried.stderr.strip()}" if tried.returncode else None


@dataclass
class Host:
    """A host: processes that share a name and a network.

    Attributes:
        prefix: before a command, so that it runs there.
    """

    name: str
    address: str
    _keeper: subprocess.Popen[bytes] = field(repr=False)
    _namespace: IO[bytes] = field(repr=False)
    _switch: "Host | None" = field(default=None, repr=False)

    @property
    def prefix(self) -> tuple[str, ...]:
        return ("nsenter", f"--target={self._keeper.pid}", "--net", "--uts", "--")

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Until the end of the block packets from and to it vanish, and nobody is told."""
        self._set_port(_DISABLED)
        try:
            yield
        finally:
            self._set_port(_FORWARDING)

    def power_off(self) -> None:
        """End everything that runs there, in no orderly way; it does not come back."""
        while processes := self._processes():  # one may have started another meanwhile
            for process in processes:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.01)
        self._keeper.wait()

    def configure(self, *arguments: str) -> None:
        """Run `ip` there."""
        _run(*self.prefix, "ip", *arguments)

    def plug_into(self, switch: "Host") -> None:
        """Lay a cable to the switch."""
        self._switch = switch
        switch.configure(
            *("link", "add", self.name, "type", "veth", "peer", "name", "eth0", "netns", str(self._keeper.pid))
        )
        switch.configure("link", "set", self.name, "master", "switch", "up")
        self.configure("address", "add", f"{self.address}/24", "dev", "eth0")
        self.configure("link", "set", "eth0", "up")

    def _set_port(self, state: str) -> None:
        if self._switch is None:
            raise ValueError(f"{self.name} has the switch; cut off the others")
        _run(*self._switch.prefix, "bridge", "link", "set", "dev", self.name, "state", state)

    def _processes(self) -> list[int]:
        return [int(place.parent.parent.name) for place in Path("/proc").glob("[0-9]*/ns/net") if self._has(place)]

    def _has(self, place: Path) -> bool:
        with suppress(OSError):  # it has ended meanwhile
            return os.path.samestat(place.stat(), os.fstat(self._namespace.fileno()))
        return False


@contextmanager
def network_hosts(*names: str) -> Iterator[list[Host]]:
    """Hosts of these names, of at most 15 letters; the first one's link cannot be cut."""
    with ExitStack() as stack:
        hosts = [stack.enter_context(_host(name, number)) for number, name in enumerate(names, 1)]
        first, *others = hosts
        first.configure("link", "add", "switch", "type", "bridge")
        first.configure("address", "add", f"{first.address}/24", "dev", "switch")
        first.configure("link", "set", "switch", "up")
        for other in others:
            other.plug_into(first)
        yield hosts


@contextmanager
def _host(name: str, number: int) -> Iterator[Host]:
    keeping = ["unshare", "--net", "--uts", "sh", "-c", _KEEPER, name]
    with (
        subprocess.Popen(keeping, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as keeper,
        _namespace_of(keeper) as namespace,
    ):
        host = Host(name, NETWORK.replace("0/24", str(number)), keeper, namespace)
        try:
            yield host
        finally:
            host.power_off()


def _namespace_of(keeper: subprocess.Popen[bytes]) -> IO[bytes]:
    """The network of a keeper that is ready. While it is open, the kernel gives its number to no other."""
    assert keeper.stdout is not None
    if keeper.stdout.readline() != b"ready\n":
        raise OSError(f"no host can be made: {why_not()}")
    return Path(f"/proc/{keeper.pid}/ns/net").open("rb")


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
