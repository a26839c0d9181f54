"""Sampling strategies on a table of finished trainings: a strategy asks, the table answers.

    python benchmarks/bench_search.py TABLE.csv --maximize ACC --minimize FLOPS --param p1 --param p2 ...
        [--strategies random,tpe,...] [--repeats 30] [--budget 200] [--json]

Numbers of a column are spaced evenly in their order, words are choices; only rows that exist are trained. Costs are
known before and seen as their log10 by every strategy.

- `random`, `tpe`, `tpe-multivariate` and `nsga2` are Optuna's samplers as they are; a repeated row costs a trial.
- `tpe+redraw` and `tpe-multivariate+redraw` are asked again where a row was trained before, as the service does.
- `known-cost` and `default` are the service's: redraws, the share of uniform probes and all else included.
- `wide+random` and `wide+tpe` are these samplers as the service asks them, `narrow+random`, `narrow+tpe` and
  `narrow+default` the same with a region that is reviewed every 25 trials; up to the first cut both draw the same.

The figure is the hypervolume with the cost on a log10 axis and the reference point at the median of the maximised and
the maximum of the minimised column, as a share of the hypervolume of the whole table. Intervals are bootstrapped over
repeats; differences of two strategies are paired.
"""

import argparse
import json
import math
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cached_property, partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pandas as pd
from answering_search import AnsweringSearch
from optuna.samplers import BaseSampler, GPSampler, NSGAIISampler, RandomSampler, TPESampler
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, Trial, create_trial

from analysis.pareto import hypervolume
from analysis.recommend import Candidates
from analysis.regions import Region
from analysis.trials import Direction
from search.sampling.strategy import IMPOSSIBLE, Params, Verdict
from search.sampling.view import SamplerView
from search.space import Choices, Range

_OBJECTIVES = (Direction.MAXIMIZE, Direction.MINIMIZE)
_STUDY_DIRECTIONS = (StudyDirection.MAXIMIZE, StudyDirection.MINIMIZE)
_COUNTS = (25, 50, 100, 200)
_REDRAW = "+redraw"
_PLAIN: dict[str, Callable[[int], BaseSampler]] = {
    "random": lambda seed: RandomSampler(seed=seed),
    "tpe": lambda seed: TPESampler(seed=seed, multivariate=False),
    "tpe-multivariate": lambda seed: TPESampler(seed=seed, multivariate=True, group=True),
    "nsga2": lambda seed: NSGAIISampler(seed=seed),
    "gp": lambda seed: GPSampler(seed=seed),
}
_OURS = ("known-cost", "default")
_COMPARED = "tpe-multivariate"
_NARROW, _WIDE = "narrow+", "wide+"
_NARROWED = ("wide+random", "narrow+random", "wide+tpe", "narrow+tpe", "narrow+default")
_STRATEGIES = (
    *("random", "tpe", "tpe+redraw", _COMPARED, _COMPARED + _REDRAW, "nsga2"),
    *_OURS,
    *_NARROWED,
)
_PAIRS = (
    ("default", _COMPARED),
    ("narrow+random", "random"),
    ("narrow+random", "wide+random"),
    ("narrow+tpe", "wide+tpe"),
    ("narrow+default", "default"),
)
_TRIES = 100
_BOOTSTRAPS = 2000


def main() -> None:
    asked = _asked()
    table = Table.read(asked.table, asked.maximize, asked.minimize, asked.param)
    budget = min(asked.budget, len(table.rows) // 3)
    curves = {name: _curves(table, name, asked.repeats, budget, asked.processes) for name in asked.strategies}
    told = _told(curves, budget)
    told |= {"table": {"rows": len(table.rows), "hypervolume": table.whole}, "repeats": asked.repeats, "budget": budget}
    print(json.dumps(told) if asked.json else _readable(told))
    if asked.figure:
        _draw(curves, asked.figure)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("--maximize", required=True, metavar="COLUMN")
    parser.add_argument("--minimize", required=True, metavar="COLUMN")
    parser.add_argument("--param", required=True, action="append", metavar="COLUMN")
    parser.add_argument("--strategies", type=lambda names: names.split(","), default=list(_STRATEGIES))
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--budget", type=int, default=200, help="trials; at most a third of the table is used")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--figure", type=Path, help="draw the curves into this file")
    return parser.parse_args()


class Table:
    """Finished trainings as a space to search.

    Attributes:
        domains: of the parameters; a number is the place of its value among those of its column.
        rows: the sets of parameters, all different.
        scores, costs: of the rows; where a set stood several times, their means.
    """

    def __init__(self, domains: dict[str, Range | Choices], rows: Sequence[Params], values: np.ndarray) -> None:
        self.domains = domains
        self.rows = rows
        self.scores, self.costs = values.T
        self._places = {tuple(row.values()): place for place, row in enumerate(rows)}

    @classmethod
    def read(cls, path: Path, score: str, cost: str, params: Sequence[str]) -> "Table":
        means = pd.read_csv(path).groupby(list(params), dropna=False, sort=False)[[score, cost]].mean().dropna()
        columns, domains = {}, {}
        for name in params:
            column = means.index.get_level_values(name)
            places, values = pd.factorize(column, sort=True)
            numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
            columns[name] = places.tolist() if numeric else column.astype(str).tolist()
            domains[name] = Range(low=0, high=len(values) - 1) if numeric else Choices(values=tuple(map(str, values)))
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        return cls(domains, rows, means.to_numpy(float))

    @property
    def size(self) -> int:
        return len(self.rows)

    @property
    def parts(self) -> list["Table"]:
        return [self]

    def draw(self, rng: np.random.Generator) -> Params:
        return self.rows[int(rng.integers(len(self.rows)))]

    def vary(self, params: Params, rng: np.random.Generator) -> Params:
        name = list(self.domains)[rng.integers(len(self.domains))]
        return {**params, name: self.domains[name].draw(rng)}

    def suggest(self, trial: Trial) -> Params:
        return {name: domain.suggest(trial, name) for name, domain in self.domains.items()}

    def contains(self, params: Params) -> bool:
        return self.place(params) is not None

    def narrowed(self, region: Region) -> "Table":
        """The rows in a region, as a space to draw from; whoever judges them is the whole table."""
        domains = {
            name: narrower
            for name, domain in self.domains.items()
            if (narrower := domain.within(region.parts.get(name, domain.part))) is not None
        }
        inside = [place for place, row in enumerate(self.rows) if row in region]
        values = np.column_stack([self.scores, self.costs])[inside]
        return Table(domains, [self.rows[place] for place in inside], values)

    def place(self, params: Params) -> int | None:
        """The row of a set of parameters, if there is one."""
        return self._places.get(tuple(params[name] for name in self.domains))

    @property
    def space(self) -> "Table":
        return self

    @cached_property
    def wide(self) -> Region:
        return Region({name: domain.part for name, domain in self.domains.items()})

    @cached_property
    def candidates(self) -> Candidates:
        return Candidates(pd.DataFrame(list(self.rows)), pd.DataFrame({"flops": self.costs}))

    def answer(self, params: Params, number: int) -> tuple[float, float]:
        place = self.row(params)
        return float(self.scores[place]), float(self.costs[place])

    def row(self, params: Params) -> int:
        """The row of a set of parameters that there is."""
        place = self.place(params)
        assert place is not None
        return place

    def judge(self, params: Params) -> Verdict:
        place = self.place(params)
        if place is None:
            return Verdict("", math.inf, IMPOSSIBLE)
        return Verdict(str(place), math.log10(self.costs[place]))

    def trial(self, number: int, place: int, attrs: Mapping[str, Any]) -> FrozenTrial:
        """A row as a finished trial, with what its sampler wrote of it."""
        trial = create_trial(
            values=[self.scores[place], self.costs[place]],
            params=dict(self.rows[place]),
            distributions={name: domain.distribution() for name, domain in self.domains.items()},
            system_attrs=dict(attrs),
        )
        trial.number = trial._trial_id = number
        return trial

    def hypervolume(self, places: Sequence[int]) -> float:
        """Of some rows, against the whole table's median score and largest cost."""
        values = np.column_stack([self.scores, self.costs])
        corner = (float(np.median(self.scores)), float(self.costs.max()))
        return hypervolume(values[list(places)], _OBJECTIVES, corner, log_axes=(False, True)).value

    @cached_property
    def whole(self) -> float:
        return self.hypervolume(range(len(self.rows)))


def _curves(table: Table, name: str, repeats: int, budget: int, processes: int) -> np.ndarray:
    """Shares of the hypervolume after each trial, repeats x budget."""
    with ProcessPoolExecutor(processes, get_context("spawn"), _quiet) as pool:
        return np.array(list(pool.map(partial(_replay, table, name, budget), range(repeats))))


def _quiet() -> None:
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)


def _replay(table: Table, name: str, budget: int, seed: int) -> list[float]:
    places = list(islice(_asks(table, name, seed), budget))
    return [table.hypervolume(places[:count]) / table.whole for count in range(1, budget + 1)]


def _asks(table: Table, name: str, seed: int) -> Iterator[int]:
    """The rows that a strategy trains, one after the other."""
    return _service(table, name, seed) if _is_ours(name) else _plain(table, name, seed)


def _is_ours(name: str) -> bool:
    return name in _OURS or name.startswith((_NARROW, _WIDE))


def _service(table: Table, name: str, seed: int) -> Iterator[int]:
    """As the service samples, and narrows."""
    sampler = name.removeprefix(_NARROW).removeprefix(_WIDE)
    search = AnsweringSearch(table, sampler, seed=seed, narrow=name.startswith(_NARROW))
    return (table.row(params) for params in search.run())


def _plain(table: Table, name: str, seed: int) -> Iterator[int]:
    """As Optuna samples."""
    trials: list[FrozenTrial] = []
    view = SamplerView(lambda: trials, _STUDY_DIRECTIONS, log_axes=(False, True))
    ask = _asker(table, name, view, seed)
    while True:
        place = ask()
        yield place
        trials.append(table.trial(len(trials), place, view.draft_attrs))


def _asker(table: Table, name: str, view: SamplerView, seed: int) -> Callable[[], int]:
    """As Optuna samples, or asked again where a row was trained before."""
    study = view.study(_PLAIN[name.removesuffix(_REDRAW)](seed))
    rng = np.random.default_rng(seed)
    trained: set[int] = set()

    def ask() -> int:
        view.refresh()
        for _ in range(_TRIES):
            place = table.place(table.suggest(study.ask()))
            if place is not None and not (name.endswith(_REDRAW) and place in trained):
                break
        else:
            place = int(rng.choice([place for place in range(len(table.rows)) if place not in trained]))
        trained.add(place)
        return place

    return ask


def _told(curves: Mapping[str, np.ndarray], budget: int) -> dict[str, Any]:
    told: dict[str, Any] = {"strategies": {}}
    goal = float(np.median(curves["random"][:, -1])) if "random" in curves else None
    counts = [count for count in sorted({*_COUNTS, budget // 2, budget}) if count <= budget]
    for name, shares in curves.items():
        told["strategies"][name] = {
            "share": {str(count): round(float(np.median(shares[:, count - 1])), 4) for count in counts},
            "share_ci95": {str(count): _interval(shares[:, count - 1], np.median) for count in counts},
            "trials_to_random": None if goal is None else _trials_to(goal, shares),
        }
    told["differences"] = {
        f"{one} - {other}": {
            str(count): {"mean": round(float(more[:, count - 1].mean()), 4), "ci95": _interval(more[:, count - 1])}
            for count in counts
        }
        for one, other in _PAIRS
        if {one, other} <= curves.keys()
        for more in [curves[one] - curves[other]]
    }
    return told


def _trials_to(goal: float, shares: np.ndarray) -> int | None:
    """The trials after which the median over repeats has reached a share; None where it never does."""
    reached = np.flatnonzero(np.median(shares, axis=0) >= goal)
    return int(reached[0]) + 1 if len(reached) else None


def _interval(values: np.ndarray, statistic: Callable[..., Any] = np.mean) -> list[float]:
    """The 95 % bootstrap interval of a statistic over repeats."""
    rng = np.random.default_rng(0)
    drawn = statistic(values[rng.integers(0, len(values), (_BOOTSTRAPS, len(values)))], axis=1)
    return [round(float(end), 4) for end in np.quantile(drawn, (0.025, 0.975))]


def _readable(told: Mapping[str, Any]) -> str:
    counts = list(next(iter(told["strategies"].values()))["share"])
    rows = [
        f"{told['table']['rows']} rows, {told['repeats']} repeats; share of the hypervolume after so many trials",
        f"{'':24}" + "".join(f"{count:>8}" for count in counts) + "   trials to random's last",
    ]
    for name, one in told["strategies"].items():
        to_random = "never" if one["trials_to_random"] is None else f"{one['trials_to_random']}"
        rows.append(f"{name:24}" + "".join(f"{one['share'][count]:8.3f}" for count in counts) + f"   {to_random}")
    for pair, by_count in told["differences"].items():
        for count, more in by_count.items():
            low, high = more["ci95"]
            rows.append(f"{pair} after {count:>3}: {more['mean']:+.4f} (95 % {low:+.4f} to {high:+.4f})")
    return "\n".join(rows)


def _draw(curves: Mapping[str, np.ndarray], path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for name, shares in curves.items():
        low, middle, high = np.quantile(shares, (0.25, 0.5, 0.75), axis=0)
        trials = np.arange(1, len(middle) + 1)
        (line,) = axes.plot(trials, middle, label=name, linewidth=2 if name == "default" else 1)
        if name in ("default", _COMPARED, "random"):
            axes.fill_between(trials, low, high, color=line.get_color(), alpha=0.15, linewidth=0)
    axes.set(xlabel="trials", ylabel="share of the table's hypervolume", xlim=(1, len(middle)), ylim=(0.3, 1.01))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, fontsize=8, loc="lower right")
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


if __name__ == "__main__":
    main()
