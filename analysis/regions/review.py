"""What a look at the region decided: the changes, each with its evidence, and the region from then on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from analysis.bootstrap import Interval
from analysis.regions.region import Part, Region, dump_part, load_part


class Kind(StrEnum):
    """What happened to a part of the space."""

    CUT = "cut"
    WITHDRAWN = "withdrawn"  # proposed, but held-out trials did not confirm it
    REOPENED = "reopened"  # probes have contradicted the cut
    UNDONE = "undone"  # by a person


@dataclass(frozen=True)
class Bound:
    """What a surrogate that has not seen the held-out trials says, where what is cut comes nearest to the rest.

    Both are scores, counted from the front at the network's cost: below it they are negative.

    Attributes:
        cut: the most that a network with what is cut may reach: what is predicted, and what nobody knows.
        kept: what is predicted of the best other network of similar cost.
    """

    cut: float
    kept: float


@dataclass(frozen=True)
class Check:
    """Held-out trials of both sides, drawn blindly, compared at equal cost.

    Attributes:
        n_cut, n_kept: trials.
        superiority: how often a kept network is nearer to the front than a cut one of similar cost; 0.5 is chance.
        ci95: its interval.
        p_value: one-sided, by permutation at equal cost.
        reverse_p_value: that anywhere along the distribution the cut networks are ahead of the kept ones.
    """

    n_cut: int
    n_kept: int
    superiority: float
    ci95: Interval
    p_value: float
    reverse_p_value: float


@dataclass(frozen=True)
class Evidence:
    """Why a part of the space is cut or given back.

    Attributes:
        n_cut, n_kept: trials with and without what is cut, that it rests on.
        strata: bands of similar FLOPs within which they are compared.
        best_share: the probability that the best of half of the trials of similar cost has what is cut (the empirical
            bootstrap), the mean over the bands; with its upper 95 % limit, and the limit that is allowed.
        bound: the surrogate's; None where it cannot be trusted.
        check: of held-out trials; None where too few.
        front_loss: the share of the front's hypervolume that would be missing had the cut been made from the start.
        why: in words.
    """

    n_cut: int
    n_kept: int
    strata: int = 0
    best_share: float | None = None
    best_share_limit: float | None = None
    best_share_allowed: float | None = None
    bound: Bound | None = None
    check: Check | None = None
    front_loss: float | None = None
    why: str = ""


@dataclass(frozen=True)
class Change:
    """One parameter's part of the space, narrower or wider than before.

    Attributes:
        removed: what is cut, proposed to be cut, or given back.
        part: what is left of the parameter after it; None where it is free again.
    """

    kind: Kind
    param: str
    removed: Part
    part: Part | None
    evidence: Evidence | None = None


@dataclass(frozen=True)
class Review:
    """One look at the region.

    Attributes:
        trials: finished ones by then.
        by: "search" or "person".
        region: from then on.
        changes: none where nothing was proposed.
        newest: the highest number of a trial by then.
        nearest: the cut that lacked least of being proposed, and what it lacked, in words.
    """

    trials: int
    by: str
    region: Region
    changes: tuple[Change, ...] = ()
    newest: int = -1
    nearest: str = ""

    @property
    def moved(self) -> bool:
        """Whether the region is another than before."""
        return any(change.kind is not Kind.WITHDRAWN for change in self.changes)

    def dump(self) -> dict[str, Any]:
        """Plain data that `load` reads back."""
        return {
            "trials": self.trials,
            "newest": self.newest,
            "nearest": self.nearest,
            "by": self.by,
            "region": self.region.dump(),
            "changes": [
                {
                    "kind": change.kind.value,
                    "param": change.param,
                    "removed": dump_part(change.removed),
                    "part": None if change.part is None else dump_part(change.part),
                    "evidence": None if change.evidence is None else asdict(change.evidence),
                }
                for change in self.changes
            ],
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> "Review":
        return cls(
            data["trials"],
            data["by"],
            Region.load(data["region"]),
            tuple(map(_change, data["changes"])),
            data["newest"],
            data.get("nearest", ""),
        )


def current(history: Sequence[Review]) -> Region:
    """The region in force."""
    return history[-1].region if history else Region()


def _change(told: Mapping[str, Any]) -> Change:
    part = None if told["part"] is None else load_part(told["part"])
    evidence = None if told["evidence"] is None else _evidence(told["evidence"])
    return Change(Kind(told["kind"]), told["param"], load_part(told["removed"]), part, evidence)


def _evidence(told: Mapping[str, Any]) -> Evidence:
    bound, check = told["bound"], told["check"]
    return Evidence(
        **{
            **told,
            "bound": None if bound is None else Bound(**bound),
            "check": None if check is None else Check(**{**check, "ci95": tuple(check["ci95"])}),
        }
    )
