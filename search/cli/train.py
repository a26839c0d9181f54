"""`ecgscale train`: one network by hand."""

import json
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.training.recipe import Scoring
from search.cli import completion
from search.cli.bars import stages
from search.cli.figures import shown
from search.cli.keys import parse_keys
from search.cli.options import AsJson, BatchSize, Compiled, Crop, Epochs, Plugin, PrecisionName, ScoringName
from search.errors import ConfigError

if TYPE_CHECKING:
    from rich.status import Status

    from ecg.store import RecordStore
    from models.training.loop import Epoch
    from search.by_hand import HandTraining, Labels
    from search.settings import WantedTraining

_TRAINING = "train."
_EACH = "each"
_SCORES = {
    "balanced_accuracy": "balanced accuracy",
    "challenge_score": "challenge score",
    "macro_auroc": "macro AUROC",
    "macro_auprc": "macro AUPRC",
    "macro_f1": "macro F1",
    "ece": "calibration error (ECE)",
}
_LABEL_COLUMNS = {"auroc": "AUROC", "auprc": "AUPRC", "f1": "F1", "sensitivity": "sens.", "specificity": "spec."}


def train(
    family: Annotated[
        str,
        typer.Argument(
            help="Name of a family or a preset, for instance resnet or resnet50.", autocompletion=completion.networks
        ),
    ],
    store: Annotated[Path, typer.Option(help="Record store to train on.")],
    numbers: Annotated[
        list[str] | None,
        typer.Argument(
            help="Its numbers, and the training's with train. before them: width=16 train.lr=0.003 "
            "train.augment=true. Those not given take their defaults.",
            metavar="KEY=VALUE",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for networks and scores; default: one in trainings/ with a name of its own.",
            show_default=False,
        ),
    ] = None,
    epochs: Epochs = 20,
    batch_size: BatchSize = None,
    precision: PrecisionName = None,
    crop: Crop = None,
    scoring: ScoringName = Scoring.WHOLE,
    seeds: Annotated[int, typer.Option(min=1, help="Train this often, with seeds from train.seed (0) on.")] = 1,
    labels: Annotated[
        list[str] | None,
        typer.Option(
            help="Train on these of the store's labels alone, with commas between them; repeat it for one network "
            "after the other; `each` trains one per label.",
            show_default=False,
        ),
    ] = None,
    train_folds: Annotated[str, typer.Option(help="Folds to train on; a tenth is held back for thresholds.")] = "1-8",
    score_folds: Annotated[str, typer.Option(help="Folds to score on, pooled.")] = "9",
    compiled: Compiled = False,
    as_json: AsJson = False,
    plugin: Plugin = None,
) -> None:
    """Train one network and score it; interrupted, the same command goes on from its last epoch.

    Example: ecgscale train resnet width=16 kernel=7 train.lr=0.003 --store store --epochs 10
    """
    from ecg.store import RecordStore
    from search.settings import WantedTraining

    records = RecordStore.open(store)
    wanted = WantedTraining(epochs=epochs, batch_size=batch_size, precision=precision, crop=crop, scoring=scoring)
    hand = _hand(family, parse_keys(numbers or []), records, wanted, (_folds(train_folds), _folds(score_folds)))
    chosen = _labels(labels, records, hand.score_folds)
    hand.check(chosen)
    if precision is None:
        hand = _at_best_precision(hand)
    _mention_test_fold(hand)
    folder = out or hand.default_folder
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder} is a file; choose another --out")
    try:
        results = [
            _run(hand, folder, names, seed, compiled=compiled, quiet=as_json)
            for names in chosen
            for seed in range(hand.recipe.seed, hand.recipe.seed + seeds)
        ]
    except KeyboardInterrupt as interrupt:
        raise KeyboardInterrupt("the same command goes on from the last epoch") from interrupt
    if as_json:
        print(json.dumps(results))
    elif seeds > 1:
        for names in chosen:
            _print_summary([result for result in results if result["labels"] == list(names)])


def _hand(
    family: str,
    given: Mapping[str, Any],
    records: "RecordStore",
    wanted: "WantedTraining",
    folds: tuple[tuple[int, ...], tuple[int, ...]],
) -> "HandTraining":
    from models.registry import number_names, resolve
    from models.training.recipe import SEARCHABLE, Recipe
    from search.by_hand import HandTraining, make_recipe
    from search.draft import without_prefix

    numbers = {name: value for name, value in given.items() if not name.startswith(_TRAINING)}
    unprefixed = [name for name in numbers if name in SEARCHABLE and name not in number_names(resolve(family, {})[0])]
    if unprefixed:
        raise ConfigError(f"{unprefixed[0]} is a setting of the training; write {_TRAINING}{unprefixed[0]}=...")
    settings = wanted.on(records, batch_size=Recipe.batch_size, precision=Recipe.precision)
    return HandTraining(family, numbers, make_recipe(settings, without_prefix(given, _TRAINING)), records, *folds)


def _at_best_precision(hand: "HandTraining") -> "HandTraining":
    from models.training.precision import has_bf16  # torch takes seconds to load; what is wrong is said before
    from models.training.recipe import Precision

    return replace(hand, recipe=replace(hand.recipe, precision=Precision.BF16)) if has_bf16() else hand


def _folds(text: str) -> tuple[int, ...]:
    """Numbers of folds as one writes them: 9, or 1-8, or 1,3-5.

    Raises:
        ConfigError: it is something else.
    """
    from ecg.folds import N_FOLDS

    known = {str(fold): fold for fold in range(1, N_FOLDS + 1)}
    found: set[int] = set()
    try:
        for part in text.split(","):
            first, _, last = part.partition("-")
            found |= set(range(known[first.strip()], known[(last or first).strip()] + 1))
    except KeyError:
        found.clear()
    if not found:
        raise ConfigError(f"folds are numbers from 1 to {N_FOLDS}, for instance 9 or 1-8 or 1,3-5, but got {text!r}")
    return tuple(sorted(found))


def _labels(labels: list[str] | None, records: "RecordStore", folds: tuple[int, ...]) -> list["Labels"]:
    """Which labels each network is trained on; `each` leaves out those that could not be scored, and says so."""
    known = tuple(records.vocabulary.names)
    if not labels:
        return [known]
    if labels == [_EACH]:
        scored = records.labels[records.rows(folds)]
        both = dict(zip(known, scored.any(axis=0) & ~scored.all(axis=0), strict=True))
        rare = [name for name in known if not both[name]]
        if rare and len(rare) < len(known):
            print(f"left out, without positives or without negatives to score: {', '.join(rare)}", file=sys.stderr)
            return [(name,) for name in known if both[name]]
        return [(name,) for name in known]
    return [(names,) if names in known else tuple(name.strip() for name in names.split(",")) for names in labels]


def _mention_test_fold(hand: "HandTraining") -> None:
    from ecg.folds import TEST_FOLD

    if TEST_FOLD in (*hand.train_folds, *hand.score_folds):
        print(
            f"ecgscale: fold {TEST_FOLD} is read here; a report's test scores on it are no longer of untouched records",
            file=sys.stderr,
        )


def _run(
    hand: "HandTraining", out: Path, labels: "Labels", seed: int, *, compiled: bool, quiet: bool
) -> dict[str, Any]:
    """One training, with its table."""
    folder = out / hand.folder_name(labels, seed)
    epochs = hand.recipe.epochs
    if quiet:
        with stages() as say:
            say(f"epoch 1 of {epochs}")
            on_epoch = partial(_say_epoch, say, epochs)
            return hand.run(folder, labels, seed, compiled=compiled, on_epoch=on_epoch)
    counted = hand.complexity(labels)
    print(f"{hand.family}: {counted.params:,} parameters, {counted.flops / 1e6:.3g} MFLOPs; {folder}")
    print(", ".join(f"{count} {use}" for use, count in hand.windows.items()))
    with _table(epochs) as rows:
        result = hand.run(folder, labels, seed, compiled=compiled, on_epoch=rows.add)
    if not rows.shown:
        print("trained before; this is its result")
    _print_result(result)
    return result


def _say_epoch(say: Callable[[str], None], epochs: int, row: "Epoch") -> None:
    say(f"epoch {row.epoch + 1} of {epochs}" if row.epoch < epochs else "intervals of the scores")


@contextmanager
def _table(epochs: int) -> Iterator["_Rows"]:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    with console.status(f"epoch 1 of {epochs}", spinner="line") as status:
        yield _Rows(status, epochs)


class _Rows:
    """A row per epoch; on a terminal also how long the rest will take."""

    def __init__(self, status: "Status", epochs: int) -> None:
        self._status = status
        self._epochs = epochs
        self.shown = 0

    def add(self, row: "Epoch") -> None:
        print_row = self._status.console.print
        if not self.shown and row.epoch > 1:
            print_row(f"going on after epoch {row.epoch - 1}")
        if not self.shown:
            print_row("epoch      loss   bal. acc.   AUROC   seconds")
        self.shown += 1
        print_row(
            f"{row.epoch:>5}{row.loss:>10.4f}{shown(row.balanced_accuracy):>12}{shown(row.macro_auroc):>8}"
            f"{row.seconds:>10.1f}"
        )
        left = (self._epochs - row.epoch) * row.seconds
        next_one = f"epoch {row.epoch + 1} of {self._epochs}, about {left:.0f} s left"
        self._status.update(next_one if row.epoch < self._epochs else "intervals of the scores")


def _print_result(result: dict[str, Any]) -> None:
    print()
    for name, words in _SCORES.items():
        if name in result["scores"]:
            ends = result["ci95"].get(name)
            interval = f"   95 % {shown(ends[0])} to {shown(ends[1])}" if ends else ""
            print(f"{words:<24}{shown(result['scores'][name]):>7}{interval}")
    width = max(len(row["label"]) for row in result["per_label"]) + 2
    print(f"\n{'label':<{width}}{'positive':>9}" + "".join(f"{words:>8}" for words in _LABEL_COLUMNS.values()))
    for row in result["per_label"]:
        figures = "".join(f"{shown(row[key]):>8}" for key in _LABEL_COLUMNS)
        print(f"{row['label']:<{width}}{row['n_positive']:>9}{figures}")
    print()


def _print_summary(results: list[dict[str, Any]]) -> None:
    """Mean and standard deviation of the scores of one network with several seeds."""
    print(f"{f'{len(results)} seeds':<24}   mean      sd")
    for name, words in _SCORES.items():
        values = [result["scores"].get(name) for result in results]
        known = [value for value in values if value is not None]
        if known:
            spread = statistics.stdev(known) if len(known) > 1 else float("nan")
            print(f"{words:<24}{statistics.mean(known):>7.3f}{spread:>8.3f}")
