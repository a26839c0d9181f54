"""What a report found, in words: each finding with how much it is worth reading."""

from collections.abc import Mapping
from typing import Any

from analysis.importance import Importance
from analysis.laws import PowerLaw, Status
from analysis.trials import Trials

_NEAR_BEST = 0.02
_WORTH_SAVING = 1.5


def findings(report: Mapping[str, Any], complete: Trials, ranked: Importance | None, law: PowerLaw) -> list[str]:
    """Sentences, most interesting first; each says on how many trials it rests."""
    if not len(complete):
        return ["No trial is complete yet: there is nothing to say."]
    return [
        _best(report, len(complete)),
        *_cheaper(report),
        *_what_matters(ranked, len(complete)),
        *_scaling(law),
        *_families(report, complete),
    ]


def human_flops(flops: float) -> str:
    """FLOPs with a prefix: 11.6 MFLOPs."""
    for limit, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if flops >= limit:
            return f"{flops / limit:.3g} {prefix}FLOPs"
    return f"{flops:.3g} FLOPs"


def counted(n: int, noun: str) -> str:
    """A number with its noun: 1 network, 2 networks."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def shown(value: object) -> str:
    """A parameter's value: numbers short, the others as one types them."""
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def network(member: Mapping[str, Any]) -> str:
    """A front member in words: its family and its numbers."""
    params = member["params"]
    family = str(params.get("family", "network"))
    prefix = f"{family}."
    numbers = [f"{key.removeprefix(prefix)} {shown(value)}" for key, value in params.items() if key.startswith(prefix)]
    return f"{family} ({', '.join(numbers)})" if numbers else family


def _best(report: Mapping[str, Any], n: int) -> str:
    best = report["pareto"][-1]
    test = best["test"]
    checked = f" ({test['balanced_accuracy']:.3f} on the untouched test fold)" if test else ""
    return (
        f"The best of {counted(n, 'network')} is a {network(best)}: balanced accuracy "
        f"{best['values']['balanced_accuracy']:.3f}{checked} for {human_flops(best['values']['flops'])}."
    )


def _cheaper(report: Mapping[str, Any]) -> list[str]:
    """The cheapest front member that is nearly as good as the best."""
    *others, best = report["pareto"]
    top = best["values"]["balanced_accuracy"]
    near = [member for member in others if member["values"]["balanced_accuracy"] >= top - _NEAR_BEST]
    lean = min([*near, best], key=lambda member: member["values"]["flops"])
    saving = best["values"]["flops"] / lean["values"]["flops"]
    if saving < _WORTH_SAVING:
        return []
    loss = top - lean["values"]["balanced_accuracy"]
    return [
        f"A {network(lean)} gives up {loss:.3f} of balanced accuracy and needs {saving:.2g} times fewer FLOPs "
        f"({human_flops(lean['values']['flops'])})."
    ]


def _what_matters(ranked: Importance | None, n: int) -> list[str]:
    if ranked is None:
        return [f"{counted(n, 'complete trial')}: too few to say which hyperparameters matter."]
    fit = f"cross-validated r = {ranked.cv_pearson_mean:.2f}, n = {ranked.n}"
    if not ranked.trusted:
        return [f"The trials do not tell which hyperparameters matter: a random forest predicts them poorly ({fit})."]
    names = [row.param for row in ranked.params[:2] if row.permutation > 0]
    top = ranked.params[0]
    sign = ""
    if top.spearman is not None and top.spearman_ci95 is not None:
        low, high = top.spearman_ci95
        sign = f"; more of the first goes with a {'higher' if top.spearman > 0 else 'lower'} score" * (low * high > 0)
    return [f"What matters most is {' and then '.join(names)}{sign} (random forest, {fit})."] if names else []


def _scaling(law: PowerLaw) -> list[str]:
    if law.status is Status.TOO_FEW_POINTS:
        return ["Too few complete trials for a scaling law: it needs the best of several at each of four sizes."]
    low, high = law.ci95["alpha"]
    if law.status is Status.NO_LAW:
        return [
            "No scaling law shows here: the error does not reliably fall with FLOPs "
            f"(exponent's interval {low:.2f} to {high:.2f}, n = {law.n})."
        ]
    fall = 1 - 10 ** -law.params["alpha"]
    doubt = ""
    if law.holdout is not None and law.holdout.error >= law.holdout.baseline_error:
        doubt = " It does not predict the largest networks from the smaller ones: more trials would tell."
    return [
        f"Ten times the FLOPs cut the best error by {fall:.0%}: 1 - balanced accuracy falls as FLOPs to the power "
        f"-{law.params['alpha']:.2f} (95 % interval {low:.2f} to {high:.2f}, {law.n} frontier points).{doubt}"
    ]


def _families(report: Mapping[str, Any], complete: Trials) -> list[str]:
    if "family" not in complete.params or complete.params["family"].nunique() < 2:
        return []
    tried = complete.params["family"].value_counts()
    members = [str(member["params"]["family"]) for member in report["pareto"]]
    leader = max(tried.index, key=members.count)
    return [
        f"{leader} holds {members.count(leader)} of the {counted(len(members), 'place')} on the Pareto front; it was "
        f"{tried[leader]} of the {len(complete)} networks tried."
    ]
