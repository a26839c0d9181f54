"""Looking at a study's region: which cuts the trials support, and which cuts they contradict."""

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.recommend import Candidates
from analysis.regions.contradiction import contradicted
from analysis.regions.cuts import difference
from analysis.regions.finished import Finished, finished_trials
from analysis.regions.networks import Networks, Space
from analysis.regions.proposal import Proposals
from analysis.regions.region import Part, Region, SubSet
from analysis.regions.review import Change, Kind, Review, current
from analysis.regions.support import RULE, Rule
from analysis.trials import Trials

_MOST_AT_ONCE = 3


def review_region(
    trials: Trials,
    wide: Region,
    history: Sequence[Review],
    candidates: Candidates,
    *,
    by: str = "search",
    rule: Rule = RULE,
    seed: int = 0,
) -> Review:
    """What the trials say of the region in force: what contradicts a cut is given back, else what is supported is cut.

    Args:
        trials: all of a study.
        wide: a part for every parameter, as the design space has them.
        history: earlier reviews, oldest first.
        candidates: networks that could be trained, drawn uniformly from the whole space.
    """
    assert trials.cost is not None
    finished = finished_trials(trials)
    region = current(history)
    networks = Networks(candidates.params, np.log10(candidates.attrs[trials.cost.name].to_numpy(dtype=float)))
    space = Space(wide, networks)
    changes, nearest = contradicted(finished, wide, history), ""
    for change in changes:
        region = region.but(change.param, change.part)
    if not changes:
        region, changes, nearest = _narrowed(finished, space, region, _since(history), rule=rule, seed=seed)
    return Review(_counted(trials), by, region, tuple(changes), _newest(trials), nearest)


def undo(trials: Trials, wide: Region, history: Sequence[Review]) -> Review | None:
    """Back to the region before the newest one that differs; None where there is none.

    The arguments are those of `review_region`.
    """
    regions = [Region()]
    for review in history:
        if any(change.kind is Kind.UNDONE for change in review.changes):
            regions.pop()
        elif review.moved:
            regions.append(review.region)
    if len(regions) == 1:
        return None
    now, before = regions[-1], regions[-2]
    names = [name for name in wide.parts if now.parts.get(name) != before.parts.get(name)]
    changes = tuple(_undone(name, now.parts.get(name), before.parts.get(name), wide.parts[name]) for name in names)
    return Review(_counted(trials), "person", before, changes, _newest(trials))


def _undone(name: str, now: Part | None, before: Part | None, whole: Part) -> Change:
    """A cut that is given back, or one that had been given back and is made again."""
    small, large = sorted((now or whole, before or whole), key=_size)
    return Change(Kind.UNDONE, name, difference(large, small), before)


def _size(part: Part) -> float:
    return len(part.values) if isinstance(part, SubSet) else part.high - part.low


def _narrowed(
    finished: Finished, space: Space, region: Region, since: Mapping[str, int], *, rule: Rule, seed: int
) -> tuple[Region, list[Change], str]:
    """The region less what is supported and confirmed, what was proposed, and what came nearest to it."""
    changes: list[Change] = []
    withdrawn: set[object] = set()
    for _ in range(_MOST_AT_ONCE):
        proposals = Proposals(finished, space, region, since, rule=rule, seed=seed)
        for found in proposals:
            cut = found.cut
            if cut.place in withdrawn:
                continue
            kind = Kind.CUT if found.confirmed else Kind.WITHDRAWN
            changes.append(Change(kind, cut.param, cut.removed, cut.part, found.evidence))
            if found.confirmed:
                region = region.but(cut.param, cut.part)
                break
            withdrawn.add(cut.place)
        else:
            break
    return region, changes, proposals.nearest


def _since(history: Sequence[Review]) -> dict[str, int]:
    """Of each parameter that was given back, the newest trial then: what it rested on does not count again."""
    return {
        change.param: review.newest
        for review in history
        for change in review.changes
        if change.kind in (Kind.REOPENED, Kind.UNDONE)
    }


def _counted(trials: Trials) -> int:
    """Complete and stopped trials, which count towards a study's N."""
    return int(trials.state.isin(("complete", "pruned")).sum())


def _newest(trials: Trials) -> int:
    return int(trials.state.index.max()) if len(trials) else -1
