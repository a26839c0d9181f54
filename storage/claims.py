"""What workers and the database say to each other about trials."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution


@dataclass(frozen=True)
class Claim:
    """A trial this worker may train.

    Attributes:
        trial_id, number: Optuna's.
        token: proves the ownership; counts the trial's owners.
        lease: seconds until it must be renewed.
        params: parameter values by name.
        continues: number and last token of the stopped trial with which it goes on.
    """

    trial_id: int
    number: int
    token: int
    lease: float
    params: dict[str, Any]
    continues: tuple[int, int] | None = None


@dataclass(frozen=True)
class NewTrial:
    """A draft on its way to becoming a trial.

    Attributes:
        params: value and distribution by parameter name.
        attrs: user attributes known before training.
        system_attrs: what an Optuna sampler keeps with it.
        signature: architecture, training parameters and seed; a study trains each once.
        dropped: drafts dropped on the way to this one, by reason.
    """

    params: Mapping[str, tuple[Any, "BaseDistribution"]]
    attrs: Mapping[str, Any]
    signature: str
    dropped: Mapping[str, int] = field(default_factory=dict)
    system_attrs: Mapping[str, Any] = field(default_factory=dict)


class Idle(Enum):
    """Why there is no trial to train."""

    WAIT = auto()  # every slot is taken, or the study is paused
    DONE = auto()  # the study has its N trials, or ended before
    REPEATED = auto()  # the draft has been claimed before


@dataclass(frozen=True)
class Draw:
    """A slot is free: draw a draft. `index` counts the study's draws and seeds this one."""

    index: int


@dataclass(frozen=True)
class Result:
    """What a finished trial brings.

    Attributes:
        values: the objectives, finite.
        attrs: user attributes.
        curve: rows of `schema.epochs`, those of earlier owners among them.
        label_scores: rows of `schema.label_scores`.
    """

    values: tuple[float, ...]
    attrs: Mapping[str, Any]
    curve: Sequence[Mapping[str, float]] = ()
    label_scores: Sequence[Mapping[str, Any]] = ()
