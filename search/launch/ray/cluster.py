"""A Ray cluster that is already there: reaching it, what it has, and what it knows of our actors."""

import json
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from search.errors import ConfigError
from search.launch.ray.actor import NAMESPACE

_ANSWER_S = 5.0


@dataclass(frozen=True)
class Cluster:
    """A cluster we are connected to.

    Attributes:
        address: of its head.
    """

    address: str

    @property
    def nodes(self) -> list[dict[str, float]]:
        """What each living node has, by the resource's name."""
        import ray

        return [dict(node["Resources"]) for node in ray.nodes() if node["Alive"]]

    def has(self, resource: str) -> float:
        """How much of a resource all nodes together have."""
        return sum(node.get(resource, 0.0) for node in self.nodes)

    def room_for(self, wanted: dict[str, float]) -> int:
        """How many actors of that size fit into the empty cluster."""
        sizes = {name: amount for name, amount in wanted.items() if amount}
        return sum(
            min((int(node.get(name, 0.0) / amount + 1e-9) for name, amount in sizes.items()), default=1)
            for node in self.nodes
        )

    @property
    def free(self) -> str:
        """CPUs and GPUs that nobody has taken, for people."""
        import ray

        free = ray.available_resources()
        return f"{free.get('CPU', 0.0):g} CPU, {free.get('GPU', 0.0):g} GPU"

    @property
    def living_nodes(self) -> set[str]:
        """Ray's names of them."""
        import ray

        return {node["NodeID"] for node in ray.nodes() if node["Alive"]}

    def actors(self, prefix: str) -> set[str]:
        """Names of the actors that are not over: working, waiting for room, or being started again."""
        from ray.util import list_named_actors

        found = list_named_actors(all_namespaces=True)
        return {one["name"] for one in found if one["namespace"] == NAMESPACE and one["name"].startswith(prefix)}

    def notes(self, prefix: str) -> dict[str, dict[str, Any]]:
        """What actors, also those that are gone, have last said of themselves."""
        from ray.experimental.internal_kv import _internal_kv_get, _internal_kv_list

        names = [name.decode() for name in _internal_kv_list(prefix, namespace=NAMESPACE)]
        written = {name: _internal_kv_get(name, namespace=NAMESPACE) for name in names}
        return {name: json.loads(note) for name, note in written.items() if note}

    def forget(self, name: str) -> None:
        """Drop an actor's note."""
        from ray.experimental.internal_kv import _internal_kv_del

        _internal_kv_del(name, namespace=NAMESPACE)


@contextmanager
def connected(address: str | None) -> Iterator[Cluster]:
    """The cluster at `address`, else at RAY_ADDRESS, else that which runs on this machine.

    Raises:
        ConfigError: Ray is not installed, or no cluster answers; none is started.
    """
    ray = _ray()
    if ray.is_initialized():  # our caller's, and left to it
        yield Cluster(ray.get_runtime_context().gcs_address)
        return
    found = _find(address)
    try:
        ray.init(found, namespace=NAMESPACE, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:
        raise _unreachable(found, error) from error
    try:
        yield Cluster(found)
    finally:
        ray.shutdown()


def _ray() -> ModuleType:
    try:
        import ray
    except ImportError as error:
        raise ConfigError("workers on Ray need ray, which is not installed: pip install 'ecgscale[ray]'") from error
    return ray


def _find(address: str | None) -> str:
    """Host and port of the head; Ray itself would try a dead one for minutes."""
    from ray._private.services import canonicalize_bootstrap_address_or_die

    try:
        found: str = canonicalize_bootstrap_address_or_die(address or "auto")
        host, _, port = found.rpartition(":")
        socket.create_connection((host.strip("[]"), int(port)), _ANSWER_S).close()
    except (OSError, ValueError) as error:
        raise _unreachable(address, error) from error
    return found


def _unreachable(address: str | None, error: Exception) -> ConfigError:
    why = str(error).partition("\n")[0].partition(". ")[0].rstrip(".") or type(error).__name__
    return ConfigError(
        f"no Ray cluster answers at {address or 'RAY_ADDRESS, nor on this machine'} ({why}); run this on one of its "
        "machines, start one with `ray start --head`, or name its head by --with address=HOST:6379"
    )
