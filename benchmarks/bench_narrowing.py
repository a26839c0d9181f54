"""Narrowing on spaces whose truth is known: how often it finds what is there, and only that.

    python benchmarks/bench_narrowing.py [--repeats 200] [--sampler random] [--processes N]

Each run is a search of 200 trials as the service makes it, reviewed every 25. Wanted are 95 % of the runs:

- `useless half`: the worse optimiser is cut within 100 trials;
- `nothing`: nothing is cut;
- `interaction`: the optimiser that is good for some networks alone is kept;
- `drift`: where early trials misled and the better half was cut, it is given back.
"""

import argparse
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from multiprocessing import get_context

import planted_spaces
from answering_search import EVERY, AnsweringSearch
from planted_spaces import Planted
from scipy.stats import binomtest

from analysis.regions import Change, Kind, Review, SubSet

TRIALS = 200
_SOON = 100
_SGD = SubSet(("sgd",))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--sampler", default="random")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    asked = parser.parse_args()
    print(f"{asked.sampler}, {asked.repeats} runs of {TRIALS} trials, reviewed every {EVERY}")
    for name, (wanted, is_met) in CASES.items():
        search = partial(planted_run, name, asked.sampler)
        with ProcessPoolExecutor(asked.processes, get_context("spawn"), _quiet) as pool:
            runs = list(pool.map(search, range(asked.repeats)))
        told = [met for run in runs if (met := is_met(run)) is not None]
        print(f"{name:14} {wanted:55} {_rate(told)}", flush=True)


def planted_run(name: str, sampler: str, seed: int, trials: int = TRIALS) -> list[Review]:
    """The reviews of one search of a planted space."""
    ground = Planted(getattr(planted_spaces, name.replace(" ", "_")), seed)
    search = AnsweringSearch(ground, sampler, seed=seed, narrow=True)
    for _ in islice(search.run(), trials + 1):  # the review after the last trial is made when the next is asked for
        pass
    return search.history


def cuts(history: Sequence[Review], kind: Kind = Kind.CUT) -> Iterator[tuple[int, Change]]:
    """The changes of a kind, with the number of trials before each."""
    return ((review.trials, change) for review in history for change in review.changes if change.kind is kind)


def _cuts_sgd(history: Sequence[Review], within: int = TRIALS) -> bool:
    return any(change.removed == _SGD and trials <= within for trials, change in cuts(history))


def _reopened(history: Sequence[Review]) -> bool | None:
    """None where the run was not misled."""
    if not _cuts_sgd(history):
        return None
    return any(change.param == "train.optimizer" for _, change in cuts(history, Kind.REOPENED))


CASES: dict[str, tuple[str, Callable[[Sequence[Review]], bool | None]]] = {
    "useless half": (f"cut within {_SOON} trials", partial(_cuts_sgd, within=_SOON)),
    "nothing": ("nothing is cut", lambda history: not any(cuts(history))),
    "interaction": ("the value that is good with another is kept", lambda history: not _cuts_sgd(history)),
    "drift": ("what early trials misled to cut is given back", _reopened),
}


def _quiet() -> None:
    warnings.simplefilter("ignore")


def _rate(told: Sequence[bool]) -> str:
    if not told:
        return "in no run"
    low, high = binomtest(sum(told), len(told)).proportion_ci(method="wilson")
    return f"{sum(told)} of {len(told)} ({sum(told) / len(told):.1%}, {low:.1%} to {high:.1%})"


if __name__ == "__main__":
    main()
