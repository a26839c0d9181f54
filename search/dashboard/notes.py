"""Notes in Markdown, beneath those that people write."""

import re
from collections.abc import Mapping
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from analysis.words import amount, network, score, spoken
from search.places import describe_trial_place
from storage.owners import Owner
from storage.studies import Study

_BORDER = "*Below this line ecgscale writes; what is changed there is not kept.*"
_RULE = "---"
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#!|~:&@])")
_SCORES = ("macro_auroc", "macro_auprc", "challenge_score")


def beneath(own: str, ours: str) -> str:
    """A person's note with ours beneath it."""
    return "\n\n".join([*([own, _RULE] if own else []), _BORDER, ours]) if ours else own


def own_part(body: str) -> str:
    """A person's note without what we wrote beneath it."""
    above, found, _ = body.partition(_BORDER)
    return above.rstrip().removesuffix(_RULE).rstrip() if found else body


def study_summary(report: Mapping[str, Any]) -> str:
    """What is known of a study so far."""
    return "\n".join(f"- {plain(finding)}" for finding in report["findings"])


def trial_note(trial: FrozenTrial, study: Study, owner: Owner) -> str:
    """What was trained, how it did, by whom, and where its files lie."""
    parts = [_network(trial), _outcome(trial, owner), _training(trial, owner)]
    if trial.state.is_finished():
        parts.append(f"![How it learned](/artifacts/{study.id}/{trial._trial_id}/curve.svg)")
    if trial.state in (TrialState.COMPLETE, TrialState.PRUNED):
        kept = "network" if trial.state == TrialState.COMPLETE else "checkpoint"
        parts.append(f"Its {kept}: {plain(describe_trial_place(study, trial.number, owner.token))}")
    return "\n\n".join(part for part in parts if part)


def plain(told: object) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(str(told).split()))


def _network(trial: FrozenTrial) -> str:
    attrs = trial.user_attrs
    costs = [amount(attrs[name], name) for name in ("params", "flops") if name in attrs]
    if "receptive_field" in attrs:
        costs.append(f"receptive field {attrs['receptive_field']} samples")
    return ", ".join([f"**{plain(network(trial.params))}**", *costs])


def _outcome(trial: FrozenTrial, owner: Owner) -> str:
    attrs = trial.user_attrs
    if owner.excluded is not None:
        return f"Excluded: {plain(owner.excluded)}"
    if trial.state == TrialState.COMPLETE:
        scores = {"balanced_accuracy": trial.values[0], **{name: attrs[name] for name in _SCORES if name in attrs}}
        return ", ".join(_score(name, value, attrs) for name, value in scores.items())
    if trial.state == TrialState.PRUNED:
        return f"Stopped early after epoch {attrs.get('stopped_epoch')}: {plain(attrs.get('stopped_reason'))}"
    if trial.state == TrialState.FAIL:
        return f"Failed: {plain(attrs.get('fail_reason'))}"
    return ""


def _score(name: str, value: float, attrs: Mapping[str, Any]) -> str:
    ends = attrs.get(f"{name}_ci95")
    interval = "" if ends is None or None in ends else f" (95 % interval {score(ends[0])} to {score(ends[1])})"
    return f"{spoken(name)} {score(value)}{interval}"


def _training(trial: FrozenTrial, owner: Owner) -> str:
    if trial.state == TrialState.WAITING:
        return f"Waits for a worker to go on after {plain(owner.worker)}"
    who = f"by {plain(owner.worker)}"
    attempt = f", its attempt number {owner.token}" if owner.token > 1 else ""
    if trial.state == TrialState.RUNNING:
        return f"Is being trained {who}{attempt}"
    when = "" if trial.datetime_complete is None else f" until {trial.datetime_complete:%Y-%m-%d %H:%M}"
    seconds = trial.user_attrs.get("train_seconds")
    return f"Trained {who}{attempt}{when}" + ("" if seconds is None else f", for {seconds:.4g} s")
