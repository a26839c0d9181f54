"""Notes in Markdown, beneath those that people write."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from analysis.words import amount, network, score
from search.places import describe_trial_place
from storage.owners import Owner
from storage.studies import Study

_BORDER = "*Below this line ecgscale writes; what is changed there is not kept.*"
_RULE = "---"
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#!|~:&@])")
_SCORES = {"macro_auroc": "macro AUROC", "macro_auprc": "macro AUPRC", "challenge_score": "challenge score"}


def beneath(own: str, ours: str, *, editable: bool) -> str:
    """A person's note with ours beneath it.

    Args:
        editable: whether people can write here; then a border says what is theirs.
    """
    parts = [*([own, _RULE] if own else []), *([_BORDER] if editable else []), ours]
    return "\n\n".join(parts) if ours else own


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
        others = [
            _score(title, attrs[name], attrs.get(f"{name}_ci95")) for name, title in _SCORES.items() if name in attrs
        ]
        main = _score("Balanced accuracy", trial.values[0], attrs.get("balanced_accuracy_ci95"))
        return ", ".join([main, *others])
    if trial.state == TrialState.PRUNED:
        return f"Stopped early after epoch {attrs.get('stopped_epoch')}: {plain(attrs.get('stopped_reason'))}"
    if trial.state == TrialState.FAIL:
        return f"Failed: {plain(attrs.get('fail_reason'))}"
    return ""


def _score(title: str, value: float, ends: Sequence[float | None] | None) -> str:
    known = [] if ends is None else [score(end) for end in ends if end is not None]
    return f"{title} {score(value)}" + (f" (95 % interval {known[0]} to {known[1]})" if len(known) == 2 else "")


def _training(trial: FrozenTrial, owner: Owner) -> str:
    if trial.state == TrialState.WAITING:
        return f"Waits for a worker to go on after {plain(owner.worker)}"
    who = f"by {plain(owner.worker)}"
    attempt = f", its attempt number {owner.token}" if owner.token > 1 else ""
    if trial.state == TrialState.RUNNING:
        return f"Is being trained {who}{attempt}"
    when = "" if trial.datetime_complete is None else f" until {trial.datetime_complete:%Y-%m-%d %H:%M}"
    seconds = trial.user_attrs.get("train_seconds")
    return f"Trained {who}{attempt}{when}" + ("" if seconds is None else f", in {seconds:.3g} s")
