"""OS-CNN: kernels of all prime sizes in parallel, so that no receptive field has to be chosen.

Tang et al., "Omni-Scale CNNs: a simple and effective kernel size configuration for time series classification",
ICLR 2022.
"""

from dataclasses import dataclass

from models.errors import ImpossibleNetwork
from models.families.blocks import conv_norm
from models.families.primes import LAST, MAX_CAP, kernels_up_to
from models.initialisation import Initialisation
from models.layers import (
    BatchNorm,
    GlobalAveragePool,
    Layer,
    Linear,
    MultiKernelConv,
    ReLU,
    Residual,
    Sequence,
)
from models.numbers import between, refuse, true_or_false, whole_list_or_null, whole_or_null
from models.plan import Plan
from models.registry import register_family

_DEFAULT_CAP = 89


@register_family("oscnn")
@dataclass(frozen=True)
class OSCNN:
    """An OS-CNN: multi-kernel layers under a budget each, and a last one with kernels 1 and 2.

    Attributes:
        cap: largest kernel; by default a quarter of the input, at most 89.
        budgets: weights that each layer but the last may have; by default the paper's, 8 * 128 * leads and
            5 * 128 * 256 + 2 * 256 * 128.
        budget_factor: multiplies the budget of every layer after the first.
        residual: a pointwise shortcut around the layers.
    """

    cap: int | None = None
    budgets: tuple[int, ...] | None = None
    budget_factor: float = 1.0
    residual: bool = False

    def __post_init__(self) -> None:
        refuse(
            whole_or_null(most=MAX_CAP, cap=self.cap),
            whole_list_or_null(budgets=self.budgets),
            between(0.001, 1e6, budget_factor=self.budget_factor),
            true_or_false(residual=self.residual),
        )

    def plan(self, leads: int, length: int, classes: int) -> Plan:
        kernels = kernels_up_to(self.cap or max(1, min(length // 4, _DEFAULT_CAP)))
        widths = self._widths(leads, kernels)
        layers: list[Layer] = []
        inputs = leads
        for width in widths:
            layers += [MultiKernelConv(inputs, width, kernels), BatchNorm(width * len(kernels)), ReLU()]
            inputs = width * len(kernels)
        last = len(LAST) * widths[0] * len(kernels)
        layers += [MultiKernelConv(inputs, last // len(LAST), LAST), BatchNorm(last)]
        if self.residual:
            layers = [Residual(Sequence(tuple(layers)), Sequence(conv_norm(leads, last, 1)))]
        return Plan(
            Sequence((*layers, ReLU())),
            Sequence((GlobalAveragePool(), Linear(last, classes))),
            stages=1,
            initialisation=Initialisation.TORCH,
            details={
                "kernels": list(kernels),
                "widths": [*(width * len(kernels) for width in widths), last],
            },
        )

    def _widths(self, leads: int, kernels: tuple[int, ...]) -> list[int]:
        """Channels per kernel of each layer under a budget."""
        first, *others = self.budgets or (8 * 128 * leads, 5 * 128 * 256 + 2 * 256 * 128)
        budgets = [first, *(int(budget * self.budget_factor) for budget in others)]
        widths: list[int] = []
        inputs = leads
        for layer, budget in enumerate(budgets, start=1):
            width = budget // (inputs * sum(kernels))
            if width < 1:
                raise ImpossibleNetwork(
                    f"layer {layer} has zero channels: its budget of {budget} weights is less "
                    f"than one channel of {len(kernels)} kernels needs, {inputs} inputs x {sum(kernels)} samples; "
                    f"lower the cap of {kernels[-1]} or raise the budget"
                )
            widths.append(width)
            inputs = width * len(kernels)
        return widths
