"""A trial as optuna-dashboard's page wants it."""

import copy
import json
import sys
from typing import Any

from optuna.distributions import BaseDistribution, FloatDistribution
from optuna.trial import FrozenTrial
from optuna_dashboard._serializer import serialize_distribution, serialize_frozen_trial

_LARGEST = sys.float_info.max


class TrialSerializer:
    """Writes the trials of one study.

    All but the parameters is written by optuna-dashboard itself; those take it nine tenths of the time, because it
    describes their distributions anew for each trial. Values of a discrete parameter are written once.
    """

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
            artifacts: `artifact_id`, `filename` and `mimetype` of each.
        """
        bare = copy.copy(trial)
        bare.params = {}
        told = serialize_frozen_trial(self._study_id, bare, {})
        del told["params"]
        told |= {"note": note, "artifacts": artifacts, "constraints": _constraints(trial)}
        params = ", ".join(
            self._param(name, value, trial.distributions[name])
            for name, value in trial.params.items()
            if name in trial.distributions
        )
        return f'{json.dumps(told)[:-1]}, "params": [{params}]}}'.encode()

    def _param(self, name: str, value: Any, distribution: BaseDistribution) -> str:
        if isinstance(distribution, FloatDistribution):
            return self._write_param(name, value, distribution)
        key = (name, id(distribution), type(value), value)
        if key not in self._discrete:
            self._discrete[key] = self._write_param(name, value, distribution)
        return self._discrete[key]

    def _write_param(self, name: str, value: Any, distribution: BaseDistribution) -> str:
        told = {
            "name": name,
            "param_internal_value": distribution.to_internal_repr(value),
            "param_external_value": str(value),
            "param_external_pytyp": str(type(value)),
        }
        return f'{json.dumps(told)[:-1]}, "distribution": {self._describe(distribution)}}}'

    def _describe(self, distribution: BaseDistribution) -> str:
        if id(distribution) not in self._described:
            self._described[id(distribution)] = (distribution, json.dumps(serialize_distribution(distribution)))
        return self._described[id(distribution)][1]


def _constraints(trial: FrozenTrial) -> list[float]:
    """By Optuna 5's own keys; above 0 is infeasible. JSON knows no infinity."""
    return [min(max(value, -_LARGEST), _LARGEST) for value in trial.constraints.values()]
