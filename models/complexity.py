"""What a network costs, from its numbers alone: no weight exists and no torch is imported."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.errors import ImpossibleNetwork
from models.layers import Tally
from models.numbers import refuse, whole
from models.plan import Plan
from models.registry import Family, family, refusals_of

MAX_PARAMS = 10**10


@dataclass(frozen=True)
class Complexity:
    """The exact size of an architecture at an input length.

    Attributes:
        params: learnable parameters.
        flops: 2 x multiply-accumulates of one forward pass on one record.
        activations: elements that the layers put out for one record.
        peak_activations: most of them alive at once in a forward pass without gradients, the input among them.
        kept_activations: elements that the backward pass needs of one record.
        receptive_field: input samples from the first to the last that one sample of the last feature map depends on,
            squeeze-excitation taken for the identity; the whole input with attention.
        stride: input samples between two neighbouring samples of the last feature map.
        stages: groups of blocks between which the length or the width changes.
        width: channels of the last feature map.
        details: what the family tells of itself, for instance blocks and width of each stage.
        architecture: a hash that networks share exactly when they are the same.

    What only a description of the layers can tell is None for a family that is written in torch alone.
    """

    params: int
    flops: int
    activations: int
    peak_activations: int | None
    kept_activations: int | None
    receptive_field: int | None
    stride: int | None
    stages: int | None
    width: int | None
    architecture: str
    details: dict[str, Any] = field(default_factory=dict)


def complexity(name: str, numbers: Mapping[str, Any], *, leads: int, length: int, classes: int) -> Complexity:
    """The complexity of a family or preset with `numbers` on leads x length inputs.

    A family that does not describe its layers is built on torch's meta device and counted there.

    Raises:
        ImpossibleNetwork: the numbers describe no network, or it does not fit the input, or no machine could hold it.
    """
    refuse(whole(leads=leads, length=length, classes=classes))
    made = family(name, numbers)
    with refusals_of(type(made)):
        if isinstance(made, Family):
            return count(made.plan(leads, length, classes), leads, length, classes)
        from models.measure import measure

        return measure(made, leads=leads, length=length, classes=classes)


def count(plan: Plan, leads: int, length: int, classes: int) -> Complexity:
    """The complexity of a described network.

    Raises:
        ImpossibleNetwork: it does not fit the input, does not end in a number per class, or is too large.
    """
    tally = Tally(leads, length)
    tally.hold()  # the network keeps its input in hand until the features are there
    signals = tally.tensor
    plan.features.trace(tally)
    tally.release(signals)
    last = tally.place()
    tally.hold()
    plan.head.trace(tally)
    if (tally.channels, tally.length) != (classes, 1):
        raise ImpossibleNetwork(
            f"a head must put out a number for each of {classes} classes, but put out {tally.channels} x {tally.length}"
        )
    refuse_too_large(tally.params)
    return Complexity(
        params=tally.params,
        flops=tally.flops,
        activations=tally.activations,
        peak_activations=tally.peak,
        kept_activations=tally.kept,
        receptive_field=length if last.everywhere else last.left + last.right + 1,
        stride=last.stride,
        stages=plan.stages,
        width=last.channels,
        architecture=fingerprint((tally.path, plan.initialisation.value)),
        details=plan.details,
    )


def refuse_too_large(params: int) -> None:
    """
    Raises:
        ImpossibleNetwork: more parameters than any machine could train.
    """
    if params > MAX_PARAMS:
        raise ImpossibleNetwork(
            f"a network of {params:.1e} parameters cannot be trained here; the limit is {MAX_PARAMS:.0e}"
        )


def fingerprint(description: object) -> str:
    """A hash of plain data."""
    return hashlib.sha256(repr(description).encode()).hexdigest()[:16]
