"""`ecgscale study status --watch`: a study before people until it is done, or as lines where there is no terminal."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from search.cli.standing import is_over, note
from search.cli.status import status_data, told

if TYPE_CHECKING:
    from storage.database import Database
    from storage.progress import Progress
    from storage.regions import Newest
    from storage.studies import Study

_EVERY_S = 2.0
_REPAINTS_PER_S = 2.0  # so that a terminal that was resized is filled again before the next look


@dataclass(frozen=True)
class Snapshot:
    """A study at one moment.

    Attributes:
        values: balanced accuracy and FLOPs of the complete trials, n x 2.
        front: n, whether a trial is on the front.
        away: why the database could not be asked since; "" where it was.
    """

    study: "Study"
    state: "Progress"
    region: "Newest"
    values: np.ndarray
    front: np.ndarray
    away: str = ""


def watch_study(database: "Database", study: "Study", *, as_json: bool) -> None:
    """Show how a study goes on until it is done, or until Ctrl-C, which is how one leaves a view and no failure."""
    looks = _looks(database, study)
    seen = next(looks)
    with suppress(KeyboardInterrupt):
        if as_json or not sys.stdout.isatty():
            _print_changes(seen, looks, as_json=as_json)
        else:
            _fill_terminal(seen, looks, database.shown)


def _fill_terminal(seen: Snapshot, looks: Iterator[Snapshot], where: str) -> None:
    """The view has the terminal for itself; when it ends, the status as it was last stays behind."""
    from rich.live import Live

    from search.cli.study_view import StudyView

    view = StudyView(seen)
    try:
        with Live(view, screen=True, refresh_per_second=_REPAINTS_PER_S):
            for view.seen in looks:
                pass
    finally:
        print(told(view.seen.study, view.seen.state, view.seen.region, where))


def _print_changes(seen: Snapshot, looks: Iterator[Snapshot], *, as_json: bool) -> None:
    """A line now, and one whenever a trial begins or ends."""
    _print(seen, as_json=as_json)
    for new in looks:
        if _change(new) != _change(seen):
            _print(new, as_json=as_json)
        seen = new


def _print(seen: Snapshot, *, as_json: bool) -> None:
    state = seen.state
    if seen.away:
        print(f"ecgscale: {seen.away}; trying again until Ctrl-C", file=sys.stderr, flush=True)
    elif as_json:
        print(json.dumps(status_data(seen.study, state, seen.region)), flush=True)
    else:
        ended = f"  ended early: {state.ended}" if state.ended else ""
        print(f"{time.strftime('%H:%M:%S')}  {state.counted}/{state.trials}  {note(state)}{ended}", flush=True)


def _change(seen: Snapshot) -> tuple[object, ...]:
    """What is worth a line."""
    state = seen.state
    running = [(one.trial, one.attempt) for one in state.running]
    return state.states, state.trials, running, state.paused, state.ended, bool(seen.away)


def _looks(database: "Database", study: "Study") -> Iterator[Snapshot]:
    """The study every other second until it is done; while the database is away, as it was."""
    from storage.errors import DatabaseLost

    seen = _look(database, study, None)
    yield seen
    while not is_over(seen.state):
        time.sleep(_EVERY_S)
        try:
            seen = _look(database, study, seen)
        except DatabaseLost as error:
            seen = replace(seen, away=str(error))
        yield seen


def _look(database: "Database", study: "Study", before: Snapshot | None) -> Snapshot:
    from analysis.pareto import pareto_mask
    from analysis.trials import Direction
    from storage.leases import reap
    from storage.progress import progress
    from storage.regions import newest_region
    from storage.studies import DIRECTIONS
    from storage.values import complete_values

    reap(database, study)
    state, region = progress(database, study), newest_region(database, study)
    if before is not None and before.state.states == state.states:
        return replace(before, state=state, region=region, away="")
    values = complete_values(database, study)
    return Snapshot(study, state, region, values, pareto_mask(values, [Direction(one) for one in DIRECTIONS]))
