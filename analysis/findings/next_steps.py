"""What to try next: the network that promises most, and what the search draws from."""

from collections.abc import Iterator, Sequence

from analysis.analyze import Analysis
from analysis.recommend import Recommendation
from analysis.regions import Kind
from analysis.regions.timeline import RegionHistory
from analysis.regions.words import region_told
from analysis.same_network import training_settings, trainings_of
from analysis.trials import Trials
from analysis.words import amount, counted, interval, network, score, settings


def worth_trying(analysis: Analysis) -> Iterator[str]:
    """The candidate that promises most beyond what is expected of the best trial within its budget, or why none."""
    found, complete = analysis.recommendations, analysis.complete
    rows = [row for row in found.rows if row.worth_trying]
    if rows:
        yield _candidate(complete, max(rows, key=lambda row: _promise(complete, row)))
    elif found.unpredicted:
        yield f"Nothing can be predicted of networks that were not trained: {found.unpredicted}."
    elif most := max((row.candidates for row in found.rows), default=0):
        yield (
            f"Of {counted(most, 'untrained network')} of the space none is expected to beat the best that was trained "
            "within its budget."
        )


def searched_now(regions: Sequence[RegionHistory]) -> Iterator[str]:
    """What is left of the search space, and how often a cut was made or taken back."""
    for history in regions:
        cuts = len(history.changes(Kind.CUT))
        if not cuts:
            continue
        where = f"The search space of {history.study}" if len(regions) > 1 else "The search space"
        counts = {kind.value: len(history.changes(kind)) for kind in (Kind.REOPENED, Kind.UNDONE)}
        again = "".join(f", {n:,} {kind}" for kind, n in counts.items() if n)
        yield (
            f"{where} was narrowed by {counted(cuts, 'cut')}{again}; after {counted(history.trials, 'trial')} the "
            f"search draws from {region_told(history.current)}."
        )


def _candidate(complete: Trials, row: Recommendation) -> str:
    assert row.untried is not None
    beside = ""
    if row.tried is not None and row.tried.predicted is not None:
        beside = (
            f"; of the best trial, {score(row.tried.predicted.score)} was expected and {score(row.tried.score)} reached"
        )
    predicted, limit = row.untried.predicted, amount(row.budget.limit, row.budget.by)
    return (
        f"Worth a try for at most {limit}: {_untried(complete, row.untried.params)}, is "
        f"expected to reach {score(predicted.score)} ({interval(predicted.ci95)}){beside}."
    )


def _untried(complete: Trials, params: dict[str, object]) -> str:
    """What is new of it: the network, or only how it is trained."""
    trained = trainings_of(complete, params)
    if not len(trained):
        return f"{network(params)}, untrained yet"
    return (
        f"another training ({settings(training_settings(params))}) of {network(params)}, which "
        f"{counted(len(trained), 'trial')} trained otherwise"
    )


def _promise(complete: Trials, row: Recommendation) -> float:
    if row.untried is None or row.tried is None or row.tried.predicted is None:
        return 0.0
    return complete.score.sign * (row.untried.predicted.score - row.tried.predicted.score)
