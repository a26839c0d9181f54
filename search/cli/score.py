"""`ecgscale score`: the official challenge score and ours."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from search.cli.bars import stages
from search.cli.figures import shown
from search.cli.options import AsJson

if TYPE_CHECKING:
    from ecg.metrics import Scores
    from ecg.metrics.challenge_files import Recordings

_FIGURES = {
    "challenge_score": "challenge score",
    "macro_auroc": "macro AUROC",
    "macro_auprc": "macro AUPRC",
    "accuracy": "accuracy (all classes)",
    "macro_f1": "macro F-measure",
    "balanced_accuracy": "macro balanced accuracy",
    "ece": "calibration error (ECE)",
}
_COLUMNS = {
    "auroc": "AUROC",
    "auprc": "AUPRC",
    "f1": "F1",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "balanced_accuracy": "bal. acc.",
}


def score(
    labels: Annotated[Path, typer.Argument(help="Folder with the challenge's label headers (.hea).")],
    outputs: Annotated[Path, typer.Argument(help="Folder with a classifier's output (.csv) for each of them.")],
    as_json: AsJson = False,
) -> None:
    """Score a classifier's outputs as the 2021 challenge does, with 95 % intervals from 1,000 bootstrap resamples.

    Example: ecgscale score corpus outputs
    """
    import json

    from ecg.labels import CHALLENGE
    from ecg.metrics import Evaluation, bootstrap_intervals
    from ecg.metrics.challenge_files import read_recordings

    with stages() as say:
        say("reading the recordings")
        read = read_recordings(labels, outputs)
        say(f"scores of {len(read.names):,} recordings, and resamples for their intervals")
        evaluation = Evaluation.of(read.labels, read.probabilities, read.decisions, CHALLENGE)
        scores, intervals = evaluation.scores(), bootstrap_intervals(evaluation.overall, len(read.names))
    if as_json:
        print(json.dumps(_data(read, scores, intervals), allow_nan=False))
    else:
        _print(read, scores, intervals)


def _data(read: "Recordings", scores: "Scores", intervals: dict[str, tuple[float, float]]) -> dict[str, Any]:
    return {
        "records": len(read.names),
        "scores": {name: _or_null(scores.overall[name]) for name in _FIGURES},
        "ci95": {name: [_or_null(end) for end in intervals[name]] for name in _FIGURES},
        "per_label": scores.per_label,
        "left_out": scores.left_out,
        "undecided": read.undecided,
        "unscored_codes": read.unscored_codes,
    }


def _or_null(value: float) -> float | None:
    return None if math.isnan(value) else value


def _print(read: "Recordings", scores: "Scores", intervals: dict[str, tuple[float, float]]) -> None:
    print(f"{len(read.names)} recordings\n")
    print(f"{'':<24}{'score':>8}   95 % interval")
    for name, words in _FIGURES.items():
        low, high = intervals[name]
        print(f"{words:<24}{shown(scores.overall[name]):>8}   {shown(low)} to {shown(high)}")
    widths = {key: max(len(words), 6) + 2 for key, words in _COLUMNS.items()}
    print(f"\n{'class':<8}{'positive':>8}" + "".join(f"{words:>{widths[key]}}" for key, words in _COLUMNS.items()))
    for row in scores.per_label:
        print(
            f"{row['label']:<8}{row['n_positive']:>8}" + "".join(f"{shown(row[key]):>{widths[key]}}" for key in widths)
        )
    if scores.left_out:
        without = ", ".join(scores.left_out)
        print(f"\nleft out of balanced accuracy and AUROC, without a positive or without a negative: {without}")
    if read.undecided:
        classes = ", ".join(f"{name} ({count})" for name, count in read.undecided.items())
        print(f"\nwithout a column, counted as decided 0 with score 0 (recordings): {classes}")
    if read.unscored_codes:
        codes = ", ".join(f"{code} ({count})" for code, count in read.unscored_codes.items())
        print(f"\ncodes outside the 26 scored classes (recordings): {codes}")
