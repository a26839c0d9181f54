"""A trial as optuna-dashboard's page wants it.

The same as `optuna_dashboard._serializer.serialize_frozen_trial` (a test compares them), in a tenth of its time: that
describes every parameter's distribution anew for each trial.
"""

import json
import math
import sys
from collections.abc import Callable
from typing import Any

from optuna.distributions import BaseDistribution, FloatDistribution
from optuna.trial import FrozenTrial
from optuna_dashboard._serializer import serialize_attrs, serialize_distribution

_LARGEST = sys.float_info.max
_json: Callable[[Any], str] = json.JSONEncoder().encode


class TrialSerializer:
    """Writes the trials of one study. What many of them share is written once."""

    def __init__(self, study_id: int) -> None:
        self._study_id = study_id
        self._described: dict[
            int, tuple[BaseDistribution, str]
        ] = {}  # by identity; the object is held so that it lasts
        self._discrete: dict[tuple[str, int, type, Any], str] = {}

    def write(self, trial: FrozenTrial, note: dict[str, Any], artifacts: list[dict[str, Any]]) -> bytes:
        """One JSON object.

        Args:
            note: its `version` and its `body`, Markdown.
            artifacts: `artifact_id`, `filename`, `mimetype` and `encoding` of each.
        """
        params = (self._param(name, value, trial.distributions.get(name)) for name, value in trial.params.items())
        parts = {
            "trial_id": str(trial._trial_id),
            "study_id": str(self._study_id),
            "number": str(trial.number),
            "state": f'"{trial.state.name.capitalize()}"',
            "params": _listed(filter(None, params)),
            "fixed_params": _fixed(trial.system_attrs.get("fixed_params", {})),
            "user_attrs": _listed(_attr(name, value) for name, value in trial.user_attrs.items()),
            "note": _json(note),
            "artifacts": _json(artifacts) if artifacts else "[]",
            "constraints": _listed(_json(_bounded(value)) for value in trial.constraints.values()),
            "intermediate_values": _reported(trial.intermediate_values) if trial.intermediate_values else "[]",
        }
        if trial.values is not None:
            parts["values"] = _listed(_number(value) for value in trial.values)
        if trial.datetime_start is not None:
            parts["datetime_start"] = f'"{trial.datetime_start.isoformat()}"'
        if trial.datetime_complete is not None:
            parts["datetime_complete"] = f'"{trial.datetime_complete.isoformat()}"'
        inside = ", ".join([f'"{name}": {told}' for name, told in parts.items()])
        return f"{{{inside}}}".encode()

    def _param(self, name: str, value: Any, distribution: BaseDistribution | None) -> str:
        if distribution is None:
            return ""
        if isinstance(distribution, FloatDistribution):
            return self._write_param(name, value, distribution)
        key = (name, id(distribution), type(value), value)
        if key not in self._discrete:
            self._discrete[key] = self._write_param(name, value, distribution)
        return self._discrete[key]

    def _write_param(self, name: str, value: Any, distribution: BaseDistribution) -> str:
        return (
            f'{{"name": {_json(name)}, "param_internal_value": {_json(distribution.to_internal_repr(value))}, '
            f'"param_external_value": {_json(str(value))}, "param_external_pytyp": {_json(str(type(value)))}, '
            f'"distribution": {self._describe(distribution)}}}'
        )

    def _describe(self, distribution: BaseDistribution) -> str:
        if id(distribution) not in self._described:
            self._described[id(distribution)] = (distribution, _json(serialize_distribution(distribution)))
        return self._described[id(distribution)][1]


def _listed(written: Any) -> str:
    return f"[{', '.join(written)}]"


def _attr(name: str, value: Any) -> str:
    kind = type(value)
    if kind is float or kind is int:
        return f'{{"key": {_json(name)}, "value": "{value}"}}'
    return _json(serialize_attrs({name: value})[0])


def _fixed(params: dict[str, Any]) -> str:
    return _json([{"name": name, "param_external_value": str(value)} for name, value in params.items()])


def _reported(values: dict[int, float]) -> str:
    return _listed(f'{{"step": {step}, "value": {_number(values[step])}}}' for step in sorted(values))


def _number(value: float) -> str:
    """JSON knows no infinity."""
    return _json(value) if math.isfinite(value) else f'"{value}"'


def _bounded(value: float) -> float:
    return min(max(value, -_LARGEST), _LARGEST)
