"""From an analysis to the contract of a report, `report.json`.

A key whose data are too few is null or empty, and `why[key]` says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from analysis.analyze import Analysis
from analysis.compared import Compared
from analysis.findings import answer
from analysis.plain import plain
from analysis.regions.timeline import RegionHistory
from analysis.report.claims import claim_rows
from analysis.report.compared import compared_part
from analysis.report.label_effects import label_parts
from analysis.report.methods import methods
from analysis.report.ranking import (
    importance_by,
    importance_rows,
    interaction_rows,
    surrogate_by,
    surrogate_with_points,
    why_by,
)
from analysis.report.recommended import recommended_rows
from analysis.report.regions import not_narrowed, region_parts
from analysis.report.scaling import law_rows, rule_rows
from analysis.report.space_statistics import MIN_INSIDE, edf_rows, good_value_rows, region_edfs
from analysis.words import counted

_DRAFT_REASONS = ("over_budget", "repeated", "outside_region", "uniform_fallback")
_NO_TRIAL = "no trial is complete yet"
_NO_STUDY = "these trials come from a table, not from a study"


@dataclass(frozen=True)
class Material:
    """What a report says besides the analysis.

    Attributes:
        name: of the study, the studies or the table.
        study, store: what the report says about them: names and settings, no secrets; None for a table from elsewhere.
        drafts: dropped drafts by reason; None for a table from elsewhere.
        tests: scores on the untouched fold by trial; None where they could not be had.
        untested: why they could not.
        regions: how the search space of each study was narrowed.
        curves: of the front's members, by row: the score after each epoch; none for a table from elsewhere.
        spent: seconds of workers by what became of them; None for a table from elsewhere.
        compared: this search beside another, where one was named.
    """

    name: str
    study: Mapping[str, Any] | None = None
    store: Mapping[str, Any] | None = None
    drafts: Mapping[str, int] | None = None
    tests: Mapping[int, Mapping[str, Any] | None] = field(default_factory=dict)
    untested: str = ""
    regions: Sequence[RegionHistory] = ()
    curves: Mapping[int, Mapping[int, float]] = field(default_factory=dict)
    spent: Mapping[str, float] | None = None
    compared: Compared | None = None


def build_report(analysis: Analysis, material: Material) -> dict[str, Any]:
    """The report as plain data, ready for JSON: no NaN, no infinities."""
    why = _why(analysis, material)
    scaling, spaces = analysis.scaling, analysis.spaces
    report: dict[str, Any] = {
        "name": material.name,
        "study": material.study,
        "store": material.store,
        "trials": _states(analysis),
        "lines": len(analysis.trials),
        "drafts": None if material.drafts is None else dict.fromkeys(_DRAFT_REASONS, 0) | dict(material.drafts),
        "objectives": [
            {"name": o.name, "direction": o.direction.value, "log": o.log} for o in analysis.complete.objectives
        ],
        "pareto": _members(analysis, material),
        "pareto_by": analysis.fronts.by or None,
        "hypervolume": _hypervolume(analysis),
        "attainment": analysis.fronts.attainment,
        "surrogate": surrogate_with_points(analysis.importance),
        "importance": importance_rows(analysis.importance),
        "importance_by": importance_by(analysis.importance_by) or None,
        "surrogate_by": surrogate_by(analysis.importance_by) or None,
        "interactions": interaction_rows(analysis.interactions) or None,
        "laws": None if scaling is None else law_rows(scaling),
        "scaling_rules": None if scaling is None else rule_rows(scaling) or None,
        "edf": None if spaces is None else edf_rows(spaces) or None,
        "edf_left_out": {} if spaces is None else spaces.left_out,
        "good_values": None if spaces is None else good_value_rows(spaces) or None,
        **label_parts(analysis.labels),
        **region_parts(material.regions),
        "edf_regions": region_edfs(analysis, material.regions),
        "claims": claim_rows(analysis.claims),
        "curves": _curves(material) or None,
        "spent": material.spent if any((material.spent or {}).values()) else None,
        "compared": None if material.compared is None else compared_part(material.compared),
        "recommended": recommended_rows(analysis.complete, analysis.recommendations) or None,
        "why": why,
    }
    parts = answer(analysis, material.tests, material.regions)
    report |= {"answer": parts, "findings": [sentence for part in parts for sentence in part.sentences]}
    report["methods"] = methods(report)
    cleaned: dict[str, Any] = plain(report)
    cleaned["why"] = {key: reason for key, reason in cleaned["why"].items() if not cleaned.get(key)}
    return cleaned


def _states(analysis: Analysis) -> dict[str, int]:
    named = {"complete": "complete", "pruned": "pruned", "failed": "fail", "excluded": "excluded"}
    states = {name: int((analysis.trials.state == stored).sum()) for name, stored in named.items()}
    return states | {"not_finite": states["complete"] - len(analysis.complete)}


def _hypervolume(analysis: Analysis) -> dict[str, Any] | None:
    """With how many members of the front lie beyond its corner, which adds nothing for them."""
    found, complete = analysis.fronts.hypervolume, analysis.complete
    if found is None:
        return None
    signs = [objective.sign for objective in complete.objectives]
    members = complete.values.loc[list(analysis.fronts.members)].to_numpy() * signs
    beyond = (members < np.array(found.reference) * signs).any(axis=1)
    return asdict(found) | {"members_beyond": int(beyond.sum())}


def _members(analysis: Analysis, material: Material) -> list[dict[str, Any]]:
    complete, probability = analysis.complete, analysis.fronts.probability
    return [
        {
            "number": number,
            "values": complete.values.loc[number].to_dict(),
            "front_probability": None if probability is None else float(probability.loc[number]),
            "test": material.tests.get(number),
            "params": complete.drawn(number),
            "attrs": complete.told(number),
        }
        for number in analysis.fronts.members
    ]


def _curves(material: Material) -> list[dict[str, Any]]:
    return [
        {"number": number, "epochs": list(curve), "scores": list(curve.values())}
        for number, curve in material.curves.items()
    ]


def _why(analysis: Analysis, material: Material) -> dict[str, str]:
    """For each key that is null or empty, why."""
    n = len(analysis.complete)
    complete = counted(n, "complete trial")
    told = {"spent": "no worker has spent time on these trials"}
    told |= dict.fromkeys(("regions", "region_timelines", "edf_regions"), not_narrowed(material.regions))
    if any(history.current.parts for history in material.regions):
        told["edf_regions"] = f"fewer than {MIN_INSIDE} complete trials lie inside the narrowed space, or all of them"
    if analysis.claims is None:
        told["claims"] = "the study does not repeat the experiment of a source work"
    if material.study is None:
        told |= dict.fromkeys(("study", "store", "drafts", "spent"), _NO_STUDY)
    if not n:
        told |= dict.fromkeys(("pareto", "hypervolume", "recommended"), _NO_TRIAL)
    if any(material.tests.get(number) is None for number in analysis.fronts.members):
        told["pareto.test"] = material.untested or _NO_STUDY
    told["compared"] = "no other study was named with --compare"
    told["curves"] = _NO_STUDY if material.study is None else "no member of the front has a learning curve here"
    if analysis.fronts.probability is None:
        told["pareto.front_probability"] = "no trial has an interval of its score"
    if analysis.fronts.attainment is None:
        told["attainment"] = "what a repeated search attains needs at least three runs (studies, seeds) of it"
    if analysis.importance.doubt:
        told["importance"] = analysis.importance.doubt
    if not analysis.importance.params:
        told["surrogate"] = analysis.importance.doubt
    elif not analysis.question.shap:
        told["importance.shap"] = "it was not asked for"
    return _why_of_parts(analysis, complete) | why_by(analysis.importance_by) | told


def _why_of_parts(analysis: Analysis, complete: str) -> dict[str, str]:
    told: dict[str, str] = {}
    groups = analysis.question.groups
    ungrouped = f"no column to group by ({', '.join(groups)}) takes more than one value" if groups else "no group named"
    if not analysis.importance_by:
        told |= dict.fromkeys(("importance_by", "surrogate_by", "pareto_by"), ungrouped)
    if not analysis.interactions:
        told["interactions"] = analysis.importance.doubt or "fewer than two parameters matter"
    nothing_varies = "no numeric parameter varies" if len(analysis.complete) else _NO_TRIAL
    told |= dict.fromkeys(("scaling_rules", "good_values"), nothing_varies)
    if analysis.error is None:
        told |= dict.fromkeys(("laws", "scaling_rules", "edf", "good_values"), _no_error(analysis))
    elif analysis.scaling is None:
        told |= dict.fromkeys(("laws", "scaling_rules"), _no_scaling(analysis))
    if analysis.spaces is not None and not any(analysis.spaces.parts.values()):
        told["edf"] = ungrouped
    if analysis.labels is None:
        none = f"{complete}, none with scores by label" if analysis.question.labels else "there are no scores by label"
        told |= dict.fromkeys(("labels", "label_groups", "pooling_field", "one_size"), none)
    if not analysis.recommendations.rows:
        told["recommended"] = "no objective is a cost to make budgets of"
    elif analysis.recommendations.unpredicted:
        told["recommended.predicted"] = analysis.recommendations.unpredicted
    return told


def _no_scaling(analysis: Analysis) -> str:
    if analysis.complete.cost is None:
        return "no objective is a cost with which the error could fall"
    return "more than one trial in a hundred has no error or cost above 0, which a law needs for its logarithms"


def _no_error(analysis: Analysis) -> str:
    name = analysis.complete.score.name
    return f"{name} is maximised and not within 0 to 100, so that nobody knows how far it is from perfect"
