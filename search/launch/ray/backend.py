"""Workers as actors of an existing Ray cluster, which starts them again on another node when theirs is lost."""

import shlex
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, islice
from types import ModuleType
from typing import Any

import yaml

from search.launch import restarts
from search.launch.backends import Standing
from search.launch.job import Job
from search.launch.preflight import Check, look_from_afar
from search.launch.ray import actor
from search.launch.ray.actor import ENDED, NAMESPACE, OVER, SUBMITTED, Supervisor, last_words, leave_word, look
from search.launch.ray.cluster import Cluster, connected
from search.launch.ray.plan import Plan, check_job, check_settings, make_plan, prefix
from search.launch.scene import Watcher
from storage.progress import Progress

_LOOK_S = 120.0  # for room on a node, and a look around there
_HEARD_S = 5.0
_GRACE_S = 40.0  # for a step, a checkpoint and the last words
_POLL_S = 0.3
_KEPT_S = 86_400.0
_WIDE = 500  # no value is broken into lines


class Ray:
    """Detached actors, each of which runs the ordinary worker as a process of its node."""

    def preflight(self, job: Job) -> list[Check]:
        check_job(job)
        with connected(job.settings.get("address")) as cluster:
            plan = make_plan(job, cluster.has("GPU"))
            return [*look_from_afar(job), _look_at_room(cluster, plan), *_look_at_a_node(plan)]

    def submission(self, job: Job) -> str:
        check_job(job)
        with connected(job.settings.get("address")) as cluster:
            plan = make_plan(job, cluster.has("GPU"))
            numbers = islice(_free_numbers(cluster, job), plan.workers)
            tasks = [plan.task(number) for number in numbers]
            told = {
                "cluster": cluster.address,
                "options": plan.options,
                "actors": [{"name": task.name, "log": task.log} for task in tasks],
                "command": ["python", *plan.arguments()],
                "environment": dict(plan.environment),
            }
            return yaml.safe_dump(told, sort_keys=False, width=_WIDE)

    def start(self, job: Job, watcher: Watcher) -> Progress | None:
        check_job(job)
        with connected(job.settings.get("address")) as cluster:
            plan = make_plan(job, cluster.has("GPU"))
            numbers = _start(cluster, plan)
            room = cluster.room_for(plan.size)
        watcher.say(f"{len(numbers)} workers given to Ray at {cluster.address}: {', '.join(map(str, numbers))}")
        if room < plan.workers:
            watcher.say(f"the cluster, when empty, has room for {room} of that size; the others wait for it")
        again = f"ecgscale launch {shlex.quote(job.study.name)} --on ray"
        watcher.say(
            f"they go on without this command; see them with: {again} --status; end them with: {again} --cancel"
        )
        return None

    def status(self, job: Job) -> Sequence[Standing]:
        check_settings(job)
        with connected(job.settings.get("address")) as cluster:
            return _standings(cluster, job)

    def cancel(self, job: Job) -> int:
        check_settings(job)
        with connected(job.settings.get("address")) as cluster:
            return _cancel(cluster, job)


def _start(cluster: Cluster, plan: Plan) -> list[int]:
    """Start the plan's actors under the next free numbers; the numbers."""
    supervisor = _ray().remote(Supervisor)
    started: list[int] = []
    for number in _free_numbers(cluster, plan.job):
        if len(started) == plan.workers:
            break
        task = plan.task(number)
        try:
            supervisor.options(name=task.name, **plan.options).remote(task)
        except ValueError:  # another launch has taken the name in this moment
            continue
        leave_word(task.name, SUBMITTED, "", overwrite=False)
        started.append(number)
    return started


def _ray() -> ModuleType:
    """Ray, told to send our actor's code along, and what that needs."""
    import ray

    for module in (actor, restarts):
        ray.cloudpickle.register_pickle_by_value(module)
    return ray


def _free_numbers(cluster: Cluster, job: Job) -> Iterator[int]:
    """Numbers above all that the cluster remembers of the study."""
    start = prefix(job)
    names = cluster.actors(start) | cluster.notes(start).keys()
    return count(1 + max((_number(name) for name in names), default=0))


def _number(name: str) -> int:
    return int(name.rpartition("-")[2])


def _standings(cluster: Cluster, job: Job) -> list[Standing]:
    living, nodes, notes = cluster.actors(prefix(job)), cluster.living_nodes, cluster.notes(prefix(job))
    for name in [name for name, note in notes.items() if name not in living and time.time() - note["at"] > _KEPT_S]:
        cluster.forget(name)
        del notes[name]
    free = cluster.free
    return [
        _standing(name, notes.get(name, {}), name in living, nodes, free)
        for name in sorted(living | notes.keys(), key=_number)
    ]


def _standing(name: str, note: dict[str, Any], lives: bool, nodes: set[str], free: str) -> Standing:
    """What is known of one actor: its last note, which its node's end may have made out of date."""
    state, says, host = note.get("state", SUBMITTED), note.get("says", ""), note.get("host", "")
    if state in OVER:
        return Standing(name, state, host, says)
    if not lives:
        return Standing(name, "gone", host, "ended from outside, or it could not begin; Ray's logs of it say more")
    if state == SUBMITTED:
        return Standing(name, "pending", "", f"is being started, or waits for room; free now: {free}")
    if note["node"] not in nodes:
        return Standing(name, "restarting", "", f"its node {host} is lost; waits for room; free now: {free}")
    minutes = (time.time() - note["at"]) / 60
    return Standing(name, state, host, f"for {minutes:.0f} min; {says}")


def _cancel(cluster: Cluster, job: Job) -> int:
    """End all actors of a study: those that work when their workers have handed back, the others at once."""
    ray = _ray()
    names = cluster.actors(prefix(job))
    actors = {name: _actor(name) for name in names}
    asked = {name: actor.stop.remote() for name, actor in actors.items() if actor is not None}
    if asked:
        ray.wait(list(asked.values()), num_returns=len(asked), timeout=_HEARD_S)
    waited_for = {name for name, answer in asked.items() if _was_heard(answer)}
    until = time.monotonic() + _GRACE_S
    while cluster.actors(prefix(job)) & waited_for and time.monotonic() < until:
        time.sleep(_POLL_S)
    for name in cluster.actors(prefix(job)) & names:
        if actor := _actor(name):
            ray.kill(actor)
    notes = cluster.notes(prefix(job))
    for name in names:
        if notes.get(name, {}).get("state") not in OVER:  # it had no time for a word of its own
            leave_word(name, ENDED, "cancelled", host="")
    return len(names)


def _was_heard(answer: Any) -> bool:
    """Whether an actor was there to be asked."""
    ray = _ray()
    try:
        ray.get(answer, timeout=0)
    except ray.exceptions.RayError:
        return False
    return True


def _actor(name: str) -> Any:
    """A handle of it; None where it has just ended."""
    try:
        return _ray().get_actor(name, NAMESPACE)
    except ValueError:
        return None


def _look_at_room(cluster: Cluster, plan: Plan) -> Check:
    fits = cluster.room_for(plan.size)
    says = (
        f"Ray at {cluster.address}: {len(cluster.nodes)} nodes, {cluster.has('CPU'):g} CPUs, {cluster.has('GPU'):g} "
        f"GPUs; empty it has room for {fits} workers of {plan.num_cpus:g} CPU and {plan.num_gpus:g} GPU"
    )
    if fits >= plan.workers:
        return Check("cluster", True, says)
    if not fits:
        return Check("cluster", False, f"{says}; ask for less by --with num_cpus=N,num_gpus=N, or add a larger node")
    return Check("cluster", None, f"{says}, {plan.workers} are asked for; the others wait until it has more")


def _look_at_a_node(plan: Plan) -> list[Check]:
    """Let a worker look around where Ray finds room for one."""
    ray = _ray()
    task = ray.remote(look).options(num_cpus=plan.num_cpus, num_gpus=plan.num_gpus, max_retries=0)
    answer = task.remote(plan.arguments("--check"), plan.environment)
    try:
        host, code, said = ray.get(answer, timeout=_LOOK_S)
    except ray.exceptions.GetTimeoutError:
        ray.cancel(answer, force=True)
        return [Check("node", None, f"no node had room for a look within {_LOOK_S:g} s")]
    except ray.exceptions.RayError as error:
        return [Check("node", False, f"no look at a node was possible: {str(error).splitlines()[0]}")]
    found = [check for line in said.splitlines() if (check := Check.parse(line))]
    checks = [replace(check, says=f"{host}: {check.says}") for check in found]
    if code == 0 or any(check.passed is False for check in checks):
        return checks
    return [*checks, Check("node", False, f"{host}: {last_words(said.encode())}")]
