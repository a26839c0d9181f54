"""What happened to a region, and why, in sentences."""

from analysis.regions.region import Part, Region, SubRange, SubSet
from analysis.regions.review import Bound, Change, Check, Evidence, Kind
from analysis.words import counted, listed, score, share, shown


def told(change: Change) -> str:
    """One sentence of what happened to a parameter."""
    param, removed = change.param, f"{change.param} {part_told(change.removed)}"
    if change.kind is Kind.WITHDRAWN:
        return f"{removed} {_stays(change.removed)}: a cut was proposed, but held-out trials did not confirm it"
    if change.kind is Kind.UNDONE:
        return f"{removed} {_are(change.removed)} cut again" if _is_out(change) else f"the cut of {removed} is undone"
    action = "cut" if change.kind is Kind.CUT else "given back"
    if isinstance(change.removed, SubSet):
        return f"{removed} {_are(change.removed)} {action}"
    beside = f"({part_told(change.removed)} is {action})"
    if change.part is None:
        return f"{param} is whole again {beside}"
    verb = "narrowed" if change.kind is Kind.CUT else "widened"
    return f"{param} is {verb} to {part_told(change.part)} {beside}"


def part_told(part: Part) -> str:
    """8..32, or 3, 5 and 7."""
    if isinstance(part, SubSet):
        return listed([shown(value) for value in part.values])
    return shown(part.low) if part.low == part.high else f"{shown(part.low)}..{shown(part.high)}"


def region_told(region: Region) -> str:
    """What is searched of each parameter that is not whole."""
    if region.is_whole:
        return "the whole space"
    return "; ".join([*(f"{name} {part_told(part)}" for name, part in region.parts.items()), "all of the others"])


def evidence_told(evidence: Evidence) -> list[str]:
    """What a change rests on, one statement each; "that part" is what is cut, or given back."""
    return [
        _basis(evidence),
        *([] if evidence.best_share is None else [_best(evidence)]),
        *([] if evidence.bound is None else [_bound(evidence.bound)]),
        *_checked(evidence),
        *([] if evidence.front_loss is None else [_loss(evidence.front_loss)]),
        *([evidence.why] if evidence.why else []),
    ]


def _is_out(change: Change) -> bool:
    """Whether what was removed is outside what is left: a person may undo a reopening, too."""
    removed, part = change.removed, change.part
    values = (removed.low, removed.high) if isinstance(removed, SubRange) else removed.values
    return part is not None and not all(value in part for value in values)


def _several(part: Part) -> bool:
    return isinstance(part, SubSet) and len(part.values) > 1


def _are(part: Part) -> str:
    return "are" if _several(part) else "is"


def _stays(part: Part) -> str:
    return "stay" if _several(part) else "stays"


def _basis(evidence: Evidence) -> str:
    bands = f", compared in {counted(evidence.strata, 'band')} of similar FLOPs" if evidence.strata else ""
    return f"{counted(evidence.n_cut, 'trial')} in that part, {evidence.n_kept:,} outside it{bands}"


def _best(evidence: Evidence) -> str:
    limit, allowed = evidence.best_share_limit, evidence.best_share_allowed
    upper = "" if limit is None else f", with a 95 % limit of {share(limit)}"
    most = "" if allowed is None else f" where {share(allowed)} is allowed"
    chance = share(evidence.best_share or 0.0)
    return f"the chance that the best of half of the trials at equal cost lies in it is {chance}{upper}{most}"


def _bound(bound: Bound) -> str:
    ahead = bound.kept - bound.cut
    return (
        f"even where the surrogate is unsure, it puts no network of that part nearer than {score(abs(ahead))} "
        f"{'below' if ahead > 0 else 'above'} the best that it expects of the others at similar cost"
    )


def _checked(evidence: Evidence) -> list[str]:
    if evidence.check is not None:
        return [_check(evidence.check)]
    proposed = evidence.best_share is not None
    return ["too few blindly drawn trials, other than those that propose it, to check it"] if proposed else []


def _check(check: Check) -> str:
    low, high = check.ci95
    return (
        f"{counted(check.n_cut, 'blindly drawn trial')} in it against {check.n_kept:,} outside it, none of which "
        f"proposed it: a kept network was "
        f"nearer the front in {share(check.superiority)} of the pairs of similar cost "
        f"({share(low).removesuffix(' %')} to {share(high)}, p = {check.p_value:.2g}); "
        f"that cut ones are ahead anywhere along the distribution has p = {check.reverse_p_value:.2g}"
    )


def _loss(lost: float) -> str:
    much = f"{share(lost)} of its hypervolume" if lost > 0 else "nothing"
    return f"had it been cut from the start, the front would have lost {much}"
