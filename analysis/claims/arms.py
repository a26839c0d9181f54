"""Does a space narrowed by the findings beat the wide one at equal budget?

Trials of a study with two arms, `wide` and `narrowed`, drawn in turn in several independent runs. What a searcher gets
is the best of a run, so that the runs are the sample: differences are paired over them (Student's t). They are few;
beside them stands what the trials themselves tell: the expected best of m trials of each arm, in closed form.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.stats import t as student

from analysis.bootstrap import LEVEL
from analysis.claims.claim import ABOVE, Claim, Finding
from analysis.columns import group_text
from analysis.design_space import Comparison, compare
from analysis.importance.draws import WHOLE_ARM
from analysis.trials import STUDY, Trials

WIDE, NARROWED = WHOLE_ARM, "narrowed"
_ARM, _RUN, _TRAINED = "arm", "run", "train_flops"
_FEWEST_RUNS = 3
_STATEMENT = "the space narrowed by the findings beats the wide one"
_UNIT = "score of the narrowed space less that of the wide one,"

BestOf = Callable[[pd.DataFrame, pd.DataFrame], tuple[float, float]]


def compare_arms(complete: Trials, source: str, *, seed: int = 0) -> tuple[Claim, ...]:
    """The claim at an equal number of trials and at equal cost, by runs and by distributions.

    Args:
        complete: trials with the attributes `arm`, `run` and, for equal cost of training, `train_flops`.
        seed: of the bootstrap.
    """
    by_number, by_cost, of_draws, at_flops = _findings(source)
    table = _table(complete)
    if table is None:
        why = f"the trials are not of the arms {WIDE} and {NARROWED}"
        return tuple(finding.untold(why, 0) for finding in (by_number, by_cost, of_draws, at_flops))
    wide, narrowed = (table[table["arm"] == arm] for arm in (WIDE, NARROWED))
    errors = [-arm["score"].to_numpy() for arm in (narrowed, wide)]
    plain = compare(errors[0], errors[1], seed=seed)
    equal = compare(errors[0], errors[1], flops=(narrowed["cost"].to_numpy(), wide["cost"].to_numpy()), seed=seed)
    return (
        _over_runs(by_number, table, _of_as_many),
        _over_runs(by_cost, table, _of_as_much_training),
        _of_distributions(of_draws, plain),
        _of_distributions(at_flops, equal),
    )


def _findings(source: str) -> tuple[Finding, ...]:
    paired = "best score of each run, paired over runs; Student's t"
    bootstrap = "expected best of a tenth as many trials, in closed form; bootstrap interval"
    rows = (
        ("for as many trials", "best of a run", f"{paired}; each arm's first m trials", "runs"),
        (
            "for as much training",
            "best of a run",
            f"{paired}; each arm's first trials up to equal training FLOPs",
            "runs",
        ),
        ("for as many trials drawn from each", "expected best", bootstrap, "trials"),
        ("among networks of equal FLOPs", "expected best", f"{bootstrap}; trials weighted to equal FLOPs", "trials"),
    )
    return tuple(
        Finding(f"{_STATEMENT} {where}", source, f"{_UNIT} {figure}", method, ABOVE, counted)
        for where, figure, method, counted in rows
    )


def _table(complete: Trials) -> pd.DataFrame | None:
    """One row per trial of either arm in the order of drawing: arm, run, score (larger is better), cost, training."""
    attrs = complete.attrs
    if _ARM not in attrs or complete.cost is None:
        return None
    runs = group_text(attrs[_RUN]) if _RUN in attrs else pd.Series("0", attrs.index)
    table = pd.DataFrame(
        {
            "arm": attrs[_ARM],
            "run": runs if STUDY not in attrs else attrs[STUDY].astype(str) + " " + runs.astype(str),
            "score": complete.score.sign * complete.values[complete.score.name],
            "cost": complete.values[complete.cost.name],
            "training": attrs.get(_TRAINED, np.nan),
        }
    )
    table = table[table["arm"].isin([WIDE, NARROWED])]
    return table if table["arm"].nunique() == 2 else None


def _over_runs(finding: Finding, table: pd.DataFrame, best: BestOf) -> Claim:
    """The mean difference of the runs' best scores; n counts the runs."""
    differences = []
    for _, run in table.groupby("run"):
        narrowed, wide = (run[run["arm"] == arm] for arm in (NARROWED, WIDE))
        if len(narrowed) and len(wide):
            ahead, behind = best(narrowed, wide)
            differences.append(ahead - behind)
    told = np.array(differences)[~np.isnan(differences)] if differences else np.array([])
    if len(told) < _FEWEST_RUNS:
        why = f"runs in which both arms have what it takes: {len(told)}; at least {_FEWEST_RUNS} are needed"
        return finding.untold(why, len(told))
    if np.ptp(told) == 0:
        return finding.untold(
            "the arms differ by the same in every run, so that nobody knows by how much in others", len(told)
        )
    reach = float(student.ppf((1 + LEVEL) / 2, len(told) - 1) * told.std(ddof=1) / np.sqrt(len(told)))
    mean = float(told.mean())
    return finding.judged(mean, (mean - reach, mean + reach), len(told))


def _of_as_many(narrowed: pd.DataFrame, wide: pd.DataFrame) -> tuple[float, float]:
    """Best scores of each arm's first m trials, m being what both have."""
    m = min(len(narrowed), len(wide))
    return float(narrowed["score"].iloc[:m].max()), float(wide["score"].iloc[:m].max())


def _of_as_much_training(narrowed: pd.DataFrame, wide: pd.DataFrame) -> tuple[float, float]:
    """Best scores of what each arm trained within the training FLOPs that both spent."""
    budget = np.min([narrowed["training"].sum(skipna=False), wide["training"].sum(skipna=False)])  # NaN stays NaN
    within = [arm[arm["training"].cumsum() <= budget * (1 + 1e-9)]["score"].max() for arm in (narrowed, wide)]
    return float(within[0]), float(within[1])


def _of_distributions(finding: Finding, found: Comparison) -> Claim:
    """The difference of the expected best; n counts the trials."""
    if found.best is None:
        return finding.untold(str(found.why), sum(found.n))
    low, high = found.best.ci95
    return finding.judged(-found.best.difference, (-high, -low), sum(found.n))
