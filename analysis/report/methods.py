"""How a report was made, as a paper's methods section tells it."""

import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from analysis.report.citations import References
from analysis.words import counted, listed, spoken

_PACKAGES = ("ecgscale", "optuna", "torch", "scikit-learn", "moocore")
_SAMPLERS = {
    "uniform": ("uniformly at random", ()),
    "random": ("at random", ()),
    "known-cost": (
        "by the expected growth of the hypervolume under a Gaussian process of the score at exactly known cost",
        ("improvement",),
    ),
    "tpe": ("by the tree-structured Parzen estimator", ("tpe",)),
    "tpe-multivariate": ("by the multivariate tree-structured Parzen estimator", ("tpe",)),
    "nsga2": ("by NSGA-II", ("nsga2",)),
    "gp": ("by a Gaussian process", ()),
}
_BUDGETS = {"max_flops": "FLOPs", "max_params": "parameters", "max_memory": "bytes of a training step"}
_RECIPES = {"dck": "dck", "regnet": "ecg-laws", "ecoscale": "ecoscale"}
_VOCABULARIES = {"ptbxl": "ptbxl", "challenge": "challenge", "code15": "code15"}


def methods(report: Mapping[str, Any]) -> dict[str, Any]:
    """Paragraphs that can be pasted into a paper, with numbered references.

    Args:
        report: `report.json`, all but this part of it.

    Returns:
        `paragraphs`, and `references` in the order of their numbers, from 1.
    """
    references = References()
    parts = [_analysis(report, references)]
    if report["study"] is not None:
        parts = [_data(report, references), _search(report, references), *parts]
    parts.append(_software(report))
    return {"paragraphs": [" ".join(part) for part in parts], "references": references.works}


def _data(report: Mapping[str, Any], references: References) -> Iterator[str]:
    store = report["store"]
    tested = any(member["test"] for member in report["pareto"])
    seconds = store["length"] / store["rate"]
    cited = references.cite(*(work for name, work in _VOCABULARIES.items() if store["vocabulary"].startswith(name)))
    yield (
        f"We used {counted(store['records'], 'ECG record')} ({_counts(store['sources'])}) of {store['leads']} leads, "
        f"{seconds:g} s at {store['rate']:g} Hz, with {counted(store['classes'], 'label')} of the vocabulary "
        f"{store['vocabulary']}{cited}; record store {store['fingerprint'][:12]}."
    )
    if told := store.get("preprocessing"):
        yield f"Signals were pre-processed ({'; '.join(str(step) for step in told.values())})."
    yield (
        "Records were in ten folds with no patient in two of them. Weights were trained on folds 1 to 8 "
        "less a tenth of their patients, on which decision thresholds were chosen; fold 9 gave the score of the "
        f"search, from the last epoch; fold 10 {'was' if tested else 'is to be'} read for the members of the Pareto "
        "front alone."
    )
    yield (
        "The score is balanced accuracy, the mean over labels of (sensitivity + specificity) / 2"
        f"{references.cite('balanced-accuracy')}, pooled over all records of the fold, with 95 % bootstrap intervals "
        f"over patients{references.cite('bootstrap')}. FLOPs are 2 x multiply-accumulates of one forward pass on one "
        "record, counted exactly from the architecture."
    )


def _search(report: Mapping[str, Any], references: References) -> Iterator[str]:
    for study in report["study"].get("studies") or [report["study"]]:
        yield from _space(study, references)
    trials = report["trials"]
    stopped = ""
    if trials["pruned"]:
        works = references.cite("halving", "fronts-halving")
        n = trials["pruned"]
        stopped = f", {n:,} {_was(n)} stopped early since {'it' if n == 1 else 'they'} could not reach the front{works}"
    failed = f", {trials['failed']:,} failed" if trials["failed"] else ""
    excluded = f", {trials['excluded']:,} {_was(trials['excluded'])} excluded by hand" if trials["excluded"] else ""
    yield f"{counted(trials['complete'], 'trial')} {_was(trials['complete'])} complete{stopped}{failed}{excluded}."
    dropped = {spoken(name): n for name, n in report["drafts"].items() if n and name != "uniform_fallback"}
    if dropped:
        yield f"Proposals were dropped before training: {_counts(dropped)}."


def _space(study: Mapping[str, Any], references: References) -> Iterator[str]:
    space = study["space"]
    families = list(space["families"])
    cited = references.cite(_RECIPES.get(study["recipe"] or "", ""), *families)
    repeats = f", which repeats the experiment {study['recipe']}," if study["recipe"] else ""
    yield (
        f"The study {study['name']}{repeats} (seed {study['seed']}) searched {listed(families)} networks{cited} "
        f"for balanced accuracy, which was maximised, and FLOPs, which were minimised{_within(space['budget'])}, with "
        f"Optuna{references.cite('optuna')}; networks were proposed {_proposed(study['drawn_by'], references)}."
    )
    numbers = [spoken(name) for name, domain in space["train"].items() if len(domain) > 1]
    also = f"; {listed(numbers)} {_was(len(numbers))} searched, too" if numbers else ""
    crop = f" on crops of {study['crop']} samples" if study["crop"] else ""
    yield (
        f"Networks were trained for {counted(study['epochs'], 'epoch')}{crop} in batches of {study['batch_size']} in "
        f"{study['precision']} precision{also}."
    )


def _within(budget: Mapping[str, Any]) -> str:
    limits = {name: limit for name, limit in budget.items() if isinstance(limit, int | float)}
    told = [f"{_BUDGETS.get(name, spoken(name))} {limit:,.0f}" for name, limit in limits.items()]
    return f" (limits: {', '.join(told)})" if told else ""


def _proposed(drawn_by: Mapping[str, int], references: References) -> str:
    told = []
    for name, n in drawn_by.items():
        how, works = _SAMPLERS.get(name, (f"by {name}", ()))
        told.append(f"{how}{references.cite(*works)} ({n:,})")
    return listed(told) if told else "by nobody yet"


def _analysis(report: Mapping[str, Any], references: References) -> Iterator[str]:
    if report["hypervolume"]:
        works = references.cite("hypervolume")
        yield f"We took the Pareto front of complete trials and its hypervolume{works}{_corner(report)}."
    if report["attainment"]:
        yield f"What repeated searches attain is the median attainment surface{references.cite('attainment')}."
    if (surrogate := report["surrogate"]) and surrogate["n"]:
        forest = f"{surrogate['model']}{references.cite('forest')}"
        shap = "" if report["importance"][0]["shap"] is None else f", and SHAP values{references.cite('shap')}"
        yield (
            f"Importance is the fall of R² of a {forest} on held-out trials when a parameter is permuted{shap}, in "
            f"{surrogate['folds']}-fold cross-validation over {counted(surrogate['n'], 'trial')} "
            f"(r = {surrogate['cv_pearson_mean']:.2f}), with Spearman's rank correlation for its direction."
        )
    if report["interactions"]:
        yield f"Interactions are Friedman's H²{references.cite('interactions')}, judged against additive forests."
    if report["laws"] and report["laws"][0]["params"]:
        yield (
            "Power laws with and without an offset were fitted to the best error in equally filled bins of cost, by "
            f"Huber loss on logarithms where they have an offset{references.cite('laws')}, with bootstrap intervals; "
            "the points of the largest cost were held out."
        )
    if report["edf"]:
        yield (
            "Parts of the space were compared by the distribution functions of their error at equal complexity"
            f"{references.cite('edf', 'regnet')}."
        )
    yield "Intervals are of 95 %."


def _corner(report: Mapping[str, Any]) -> str:
    at = [
        f"{spoken(objective['name'])} {value:.4g}"
        for objective, value in zip(report["objectives"], report["hypervolume"]["reference"], strict=True)
    ]
    return f" up to {listed(at)}"


def _software(report: Mapping[str, Any]) -> Iterator[str]:
    named = [f"{name} {told}" for name in _PACKAGES if (told := _version(name))]
    yield f"Software: {', '.join([*named, f'Python {platform.python_version()}'])}."


def _version(package: str) -> str:
    """Empty where it is not installed: a report is made without torch, too."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _was(n: int) -> str:
    return "was" if n == 1 else "were"


def _counts(counts: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in counts.items())
