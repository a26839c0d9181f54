"""The training loop."""

import gc
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import nn

from ecg.metrics import Scores
from models.build import build
from models.errors import Diverged, OutOfMemory, Stopped
from models.training.augmentation import Augmenter
from models.training.average import WeightAverage
from models.training.checkpoint import Saved, TrainingFolder, named
from models.training.data import TrainingData, shuffled_batches
from models.training.evaluation import Answers, answers, choose, score_answers, score_intervals
from models.training.faults import named_faults
from models.training.losses import Criterion
from models.training.machine import describe_hardware, deterministic_kernels, reuse_memory
from models.training.optimizers import make_optimizer
from models.training.randomness import Draws, dropout_of
from models.training.recipe import Recipe
from models.training.schedules import learning_rate
from models.training.step import Step

OnEpoch = Callable[["Epoch"], None]
_PARTS_WHEN_SHORT = 4
_EXPLODED = 100.0  # times the loss of the first batch
_LOOK_EVERY = 50  # steps; looking at the loss makes a GPU wait


@dataclass(frozen=True)
class Epoch:
    """One row of a learning curve; the scores are those of the fold to score on."""

    epoch: int
    loss: float
    balanced_accuracy: float
    macro_auroc: float
    seconds: float


@dataclass(frozen=True)
class Trained:
    """A finished training.

    Attributes:
        scores: of the fold to score on, from the last epoch (or its moving average), never the best one.
        intervals: 95 % bootstrap intervals of the main scores.
        thresholds: per class, chosen on the held-back tenth.
        curve: one row per epoch.
        records_seen: training records times epochs, as trained on.
        seconds: time spent, resumed parts included.
        resumed: how often the training went on from a checkpoint.
        parts: how many parts each batch was cut into because memory was short; 1 where it was not.
    """

    scores: Scores
    intervals: dict[str, tuple[float, float]]
    thresholds: np.ndarray
    curve: list[Epoch]
    records_seen: int
    seconds: float
    resumed: int
    parts: int


@dataclass(frozen=True)
class _Progress:
    """What a checkpoint keeps beside tensors."""

    curve: tuple[Epoch, ...] = ()
    records_seen: int = 0
    resumed: int = 0
    parts: int = 1
    first_loss: float = float("inf")
    compiled: bool = False
    hardware: dict[str, Any] = field(default_factory=dict)
    begun: "_Begun | None" = None

    @classmethod
    def read(cls, state: Mapping[str, Any]) -> "_Progress":
        curve = tuple(Epoch(**row) for row in state["curve"])
        begun = state.get("begun")
        return cls(**{**state, "curve": curve, "begun": _Begun(**begun) if begun else None})


@dataclass(frozen=True)
class _Begun:
    """An epoch that was stopped within: its steps so far, their records and summed loss, and their time."""

    steps: int = 0
    seen: int = 0
    loss: float = 0.0
    seconds: float = 0.0


def train(  # noqa: PLR0913 - what, on what, how, where; and three ways to take part in it
    family: str,
    numbers: Mapping[str, Any],
    data: TrainingData,
    recipe: Recipe,
    folder: TrainingFolder,
    *,
    on_epoch: OnEpoch = lambda epoch: None,
    compiled: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> Trained:
    """Train one network, going on from `folder`'s checkpoint if there is one.

    The same arguments on the same hardware give the same result, interrupted or not: weights, every epoch's order,
    dropout and augmentation depend on the seed and the epoch alone. A step that needs more memory than there is is
    tried once more from the last checkpoint, with every batch in four parts.

    Args:
        on_epoch: called after each epoch's checkpoint is safe; what it raises ends the training there.
        compiled: whether torch.compile makes the kernels; a checkpoint of the same hardware decides otherwise.
        stop: asked after each step; once it says so, a checkpoint is written and the training ends there.

    Raises:
        Stopped: by `stop`.
        TrainingFailed: by its kinds, for instance Diverged or OutOfMemory.
        ImpossibleNetwork: the numbers describe no network.
    """
    reuse_memory()
    start = _Progress(compiled=compiled, hardware=describe_hardware(data.device))
    with deterministic_kernels():
        try:
            return _Training(family, numbers, data, recipe, folder, start).run(on_epoch, stop)
        except OutOfMemory as short:
            reason = str(short)
        _release(data.device)
        start = replace(start, parts=_PARTS_WHEN_SHORT)
        try:
            return _Training(family, numbers, data, recipe, folder, start).run(on_epoch, stop)
        except OutOfMemory as still:
            raise OutOfMemory(
                f"a batch of {recipe.batch_size} needs more memory than there is, and so do its quarters ({reason}); "
                "use a smaller batch size, or a budget that rules such networks out"
            ) from still


class _Training:
    """One attempt at a training: what the steps share."""

    def __init__(
        self,
        family: str,
        numbers: Mapping[str, Any],
        data: TrainingData,
        recipe: Recipe,
        folder: TrainingFolder,
        start: _Progress,
    ) -> None:
        described = {"family": family, "numbers": dict(numbers), "recipe": asdict(recipe), **_describe_input(data)}
        self._described: dict[str, Any] = json.loads(json.dumps(described))
        self._data = data
        self._recipe = recipe
        self._folder = folder
        length = recipe.crop or data.store.length
        classes = len(data.store.vocabulary.labels)
        with named_faults():
            network = build(
                family, numbers, leads=data.store.leads, length=length, classes=classes, seed=recipe.seed
            ).to(data.device)
            self._network = network
            self._average = WeightAverage(network, recipe.ema) if recipe.ema else None
            self._optimizer = make_optimizer(network, recipe)
            self._rows = data.training_rows(recipe.data_fraction)
            self._augment = Augmenter(length=length, rate=data.store.rate, augment=recipe.augment)
            self._randomness: dict[str, torch.Tensor] = {}
            self._progress = self._restore(start)
            self._step = Step(
                network,
                self._optimizer,
                Criterion.of(recipe.loss, data.labels(self._rows)),
                precision=recipe.precision,
                clip=recipe.clip,
                parts=self._progress.parts,
            )
        if self._progress.compiled:
            torch.compiler.reset()  # else the kernels of earlier networks count against a limit, and it stays eager
            network.compile()

    def run(self, on_epoch: OnEpoch, stop: Callable[[], bool]) -> Trained:
        """Train the epochs that are missing and keep the network.

        Raises:
            Stopped: by `stop`.
            OutOfMemory, Diverged, SignalsLost, CheckpointFailed: as their names say.
        """
        data, recipe = self._data, self._recipe
        answered: tuple[Answers, np.ndarray] | None = None
        for number in range(len(self._progress.curve) + 1, recipe.epochs + 1):
            started = time.monotonic() - (self._progress.begun or _Begun()).seconds
            with named_faults():
                loss, seen = self._epoch(number, stop, started)
                answered = self._answer()
            scores = score_answers(*answered, data)
            row = Epoch(
                epoch=number,
                loss=loss,
                balanced_accuracy=scores.overall["balanced_accuracy"],
                macro_auroc=scores.overall["macro_auroc"],
                seconds=time.monotonic() - started,
            )
            progress = self._progress
            self._progress = replace(
                progress, curve=(*progress.curve, row), records_seen=progress.records_seen + seen, begun=None
            )
            self._checkpoint()
            on_epoch(row)
        with named_faults():
            scored, thresholds = answered or self._answer()
        self._folder.save_network(
            self._scored_network.state_dict(), {**self._described, "thresholds": thresholds.tolist()}
        )
        return Trained(
            scores=score_answers(scored, thresholds, data),
            intervals=score_intervals(scored, thresholds, data),
            thresholds=thresholds,
            curve=list(self._progress.curve),
            records_seen=self._progress.records_seen,
            seconds=sum(row.seconds for row in self._progress.curve),
            resumed=self._progress.resumed,
            parts=self._progress.parts,
        )

    def _epoch(self, number: int, stop: Callable[[], bool], started: float) -> tuple[float, int]:
        """One pass, or what is left of it; the mean loss per record and the number of records seen."""
        data, recipe = self._data, self._recipe
        plan = shuffled_batches(self._rows, recipe.batch_size, seed=recipe.seed, epoch=number)
        draws = Draws.of(recipe.seed, number, data.device)
        self._network.train()
        begun = self._progress.begun or _Begun()
        total, seen = torch.tensor(begun.loss, device=data.device), begun.seen
        with dropout_of(recipe.seed, number, data.device):
            if self._randomness:
                draws.restore(self._randomness)
            self._randomness = {}
            for index, (batch, labels) in enumerate(data.batches(plan[begun.steps :]), begun.steps):
                step = (number - 1) * len(plan) + index
                total += self._step(self._augment(batch, draws), labels, learning_rate(recipe, step, len(plan)))
                seen += len(batch)
                if self._average:
                    self._average.update(step)
                if step == 0 or index % _LOOK_EVERY == 0 or index == len(plan) - 1:
                    self._look_at(float(total) / seen, number, first=step == 0)
                if stop():
                    so_far = _Begun(index + 1, seen, float(total), time.monotonic() - started)
                    self._progress = replace(self._progress, begun=so_far)
                    self._checkpoint(named("randomness", draws.states()))
                    raise Stopped(f"stopped in epoch {number} after step {index + 1} of {len(plan)}")
        return float(total) / seen, seen

    def _look_at(self, loss: float, number: int, *, first: bool) -> None:
        """
        Raises:
            Diverged: the mean loss of the epoch so far is beyond all bounds.
        """
        if first:
            self._progress = replace(self._progress, first_loss=loss)
        if not np.isfinite(loss) or loss > _EXPLODED * self._progress.first_loss:
            raise Diverged(f"the loss became {loss:.3g} in epoch {number} at a learning rate of {self._recipe.lr:g}")

    @property
    def _scored_network(self) -> nn.Module:
        return self._average.network if self._average else self._network

    def _answer(self) -> tuple[Answers, np.ndarray]:
        """What the network says of the fold to score on, and thresholds chosen on the held-back tenth.

        Raises:
            Diverged: a probability is not a number.
        """
        data, recipe = self._data, self._recipe
        tuned = answers(self._scored_network, data, data.split.thresholds, recipe, parts=self._progress.parts)
        scored = answers(self._scored_network, data, data.split.score, recipe, parts=self._progress.parts)
        if np.isnan(tuned.probabilities).any() or np.isnan(scored.probabilities).any():
            raise Diverged(f"the network answers with NaN at a learning rate of {recipe.lr:g}")
        return scored, choose(tuned, data)

    def _checkpoint(self, more: Mapping[str, torch.Tensor] = MappingProxyType({})) -> None:
        states = self._optimizer.state_dict()
        moments = {
            f"{index}.{name}": tensor for index, state in states["state"].items() for name, tensor in state.items()
        }
        average = named("average", self._average.network.state_dict()) if self._average else {}
        self._folder.save_checkpoint(
            {**named("network", self._network.state_dict()), **average, **named("optimizer", moments), **more},
            {"training": self._described, "progress": asdict(self._progress)},
        )

    def _restore(self, start: _Progress) -> _Progress:
        """How far an earlier run of this training got, its tensors taken over; `start` where there is none."""
        saved = self._folder.load_checkpoint()
        if saved is None or saved.state.get("training") != self._described:
            return start
        self._network.load_state_dict(saved.part("network"))
        if self._average:
            self._average.network.load_state_dict(saved.part("average"))
        self._optimizer.load_state_dict({**self._optimizer.state_dict(), "state": self._moments(saved)})
        reached = _Progress.read(saved.state["progress"])
        if reached.hardware == start.hardware:  # else the rest of an epoch begun elsewhere is drawn anew
            self._randomness = saved.part("randomness")
        return replace(
            reached,
            resumed=reached.resumed + 1,
            parts=max(reached.parts, start.parts),
            compiled=reached.compiled if reached.hardware == start.hardware else start.compiled,
            hardware=start.hardware,
        )

    def _moments(self, saved: Saved) -> dict[int, dict[str, torch.Tensor]]:
        """The optimiser's state by weight and name, laid out in memory like the weights: fused updates pair them up."""
        weights = list(self._network.parameters())
        state: dict[int, dict[str, torch.Tensor]] = {}
        for name, tensor in saved.part("optimizer").items():
            index, _, key = name.partition(".")
            like = weights[int(index)]
            laid_out = torch.empty_like(like).copy_(tensor) if tensor.shape == like.shape else tensor
            state.setdefault(int(index), {})[key] = laid_out
        return state


def _describe_input(data: TrainingData) -> dict[str, Any]:
    """What belongs to a network beside its weights: the shape, labels and preparation of what it was trained on."""
    store = data.store
    return {
        "leads": store.leads,
        "length": store.length,
        "rate": store.rate,
        "labels": store.vocabulary.names,
        "vocabulary": store.vocabulary.name,
        "preprocessing": store.manifest["preprocessing"],
        "store": store.fingerprint,
    }


def _release(device: torch.device) -> None:
    """Give back what the failed attempt held."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
