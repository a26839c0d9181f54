"""One trial: from its parameters to its two objectives and what else it carries."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from search.config import StudyConfig
from search.draft import Draft
from search.places import check_artifacts, training_folder
from storage.claims import Claim, Result
from storage.studies import Study

_TRAINING_FLOPS_PER_FORWARD = 3  # forward, and twice that backward

OnEpoch = Callable[[Mapping[str, Any]], None]


class Objective(Protocol):
    """What a worker does with a trial."""

    def evaluate(self, draft: Draft, claim: Claim, on_epoch: OnEpoch, stop: Callable[[], bool]) -> Result:
        """The trial's result, gone on from an earlier owner's checkpoint if there is one.

        Args:
            on_epoch: told each epoch's row when its checkpoint is safe; what it raises ends the trial there.
            stop: once it says so, a checkpoint is written and Stopped raised.

        Raises:
            Stopped: by `stop`.
            TrainingFailed: the training ended without a usable network.
        """
        ...

    def train_flops(self, draft: Draft, epochs: int) -> int:
        """FLOPs of so many epochs of training."""
        ...

    def tidy(self, claim: Claim) -> None:
        """The trial's result is safe, or it has failed for good: what was kept to go on from is not needed."""
        ...


class TrainingObjective:
    """Trains the draft's network on the study's store and scores it on fold 9."""

    def __init__(
        self,
        study: Study,
        config: StudyConfig,
        *,
        store: Path | None = None,
        device: str | None = None,
        compiled: bool = False,
    ) -> None:
        """
        Args:
            store: where the study's store lies on this machine, if not where it was made.
            device: cpu, cuda or cuda:1; by default the first GPU, or the CPU.
            compiled: whether torch.compile makes the kernels of networks.

        Raises:
            StoreError, ConfigError, SignalsLost: the store is missing, cannot be read, or is not the study's.
            ImpossibleDevice: the machine does not have the device.
            ArtifactError: networks cannot be kept where the study keeps them.
        """
        from models.training.data import Split, TrainingData
        from models.training.machine import find_device

        config.check_code()
        check_artifacts(study)
        found = find_device(device)
        records = config.store.open(store)
        self._study = study
        self._config = config
        self._data = TrainingData(records, Split.of(records), found)
        self._compiled = compiled

    def evaluate(self, draft: Draft, claim: Claim, on_epoch: OnEpoch, stop: Callable[[], bool]) -> Result:
        from models.training.loop import train

        trained = train(
            draft.family,
            draft.numbers,
            self._data,
            draft.recipe,
            training_folder(self._study, claim.number, claim.token, claim.continues),
            on_epoch=lambda epoch: on_epoch(asdict(epoch)),
            compiled=self._compiled,
            stop=stop,
        )
        overall = trained.scores.overall
        flops = draft.complexity.flops
        return Result(
            values=(overall["balanced_accuracy"], float(flops)),
            attrs={
                **{name: value for name, value in overall.items() if name != "balanced_accuracy"},
                "train_flops": _TRAINING_FLOPS_PER_FORWARD * flops * trained.records_seen,
                "train_seconds": round(trained.seconds, 3),
                "epochs": self._config.training.epochs,
                "resumed": trained.resumed,
                "batch_parts": trained.parts,
                **{f"{name}_ci95": list(interval) for name, interval in trained.intervals.items()},
                "labels_left_out": trained.scores.left_out,
            },
            curve=[asdict(epoch) for epoch in trained.curve],
            label_scores=trained.scores.per_label,
        )

    def train_flops(self, draft: Draft, epochs: int) -> int:
        from models.training.data import records_per_epoch

        rows = self._data.training_rows(draft.recipe.data_fraction)
        seen = epochs * records_per_epoch(len(rows), draft.recipe.batch_size)
        return _TRAINING_FLOPS_PER_FORWARD * draft.complexity.flops * seen

    def tidy(self, claim: Claim) -> None:
        training_folder(self._study, claim.number, claim.token, claim.continues).drop_checkpoint()
