"""The files of a report."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.analyze import Analysis
from analysis.report.figures import draw_figures
from analysis.report.figures.files import FOLDER, earlier_files, figure_files, figure_rows
from analysis.report.page import render_page
from ecgscale import InputError


@dataclass(frozen=True)
class ReportFiles:
    """Where the parts of a report lie."""

    page: Path
    data: Path
    pareto: Path
    trials: Path
    figures: Path


def check_place(out: Path) -> None:
    """See that a report can lie in `out`, before the minutes that it takes to make one.

    Raises:
        InputError: `out` is no folder, or holds files of these names that are no report's.
    """
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file, but a report is a folder of files; choose another --out")
    _keep_what_is_not_ours(out / "report.json", [out / name for name in ("report.html", "pareto.csv", "trials.csv")])


def write_report(report: dict[str, Any], analysis: Analysis, out: Path) -> ReportFiles:
    """Write the page, report.json, pareto.csv and trials.csv into `out`; each replaces an older one whole.

    report.json tells in `figures` which figures lie in the folder `figures`, each as NAME.svg and NAME.csv; those of an
    older report go, and files of other names stay.

    Raises:
        InputError: `out` cannot be written, or holds files of these names that are no report's.
    """
    figures = draw_figures(report, analysis.complete)
    files = ReportFiles(out / "report.html", out / "report.json", out / "pareto.csv", out / "trials.csv", out / FOLDER)
    pictures = {files.figures / name: text for name, text in figure_files(figures).items()}
    texts = {  # the data first: by them an interrupted report is known to be one, and may be replaced
        files.data: json.dumps(report | {"figures": figure_rows(figures)}, indent=1, allow_nan=False),
        **pictures,
        files.page: render_page(report, analysis.complete, figures),
        files.pareto: _pareto_table(report).to_csv(index=False),
        files.trials: _trials_table(analysis).to_csv(),
    }
    _keep_what_is_not_ours(files.data, texts)
    outdated = {files.figures / name for name in earlier_files(files.data)} - pictures.keys()
    try:
        files.figures.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            _replace(path, text)
        for path in outdated:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot write the report to {out}: {error.strerror}; choose another --out") from error
    return files


def _keep_what_is_not_ours(data: Path, written: Iterable[Path]) -> None:
    """A report may replace a report, not a table of the user's that happens to be called trials.csv."""
    stray = [path for path in written if path.exists()]
    if stray and not data.exists():
        raise InputError(
            f"{stray[0]} is there and belongs to no report (there is no {data.name} beside it), so it is not "
            "replaced; choose another --out"
        )


def _replace(path: Path, text: str) -> None:
    """Whole or not at all, also where a disk is full or somebody interrupts."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _pareto_table(report: dict[str, Any]) -> pd.DataFrame:
    rows = [
        {"number": member["number"], **member["values"]}
        | {f"test_{name}": value for name, value in (member["test"] or {}).items()}
        | {f"params.{name}": _told(value) for name, value in member["params"].items()}
        | {f"attrs.{name}": value for name, value in member["attrs"].items()}
        for member in report["pareto"]
    ]
    columns = ["number", *(objective["name"] for objective in report["objectives"])]
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=columns)


def _told(value: object) -> object:
    """None has a word of its own: a blank means that another family was drawn."""
    return "none" if value is None else value


def _trials_table(analysis: Analysis) -> pd.DataFrame:
    trials, fronts = analysis.trials, analysis.fronts
    probability = [] if fronts.probability is None else [fronts.probability.rename("front_probability")]
    return pd.concat(
        [
            trials.state.rename("state"),
            trials.values,
            fronts.shortfall.rename("shortfall"),
            *probability,
            _whole_numbers(trials.params, trials.whole).map(_told).add_prefix("params."),
            _whole_numbers(trials.attrs, trials.whole).add_prefix("attrs."),
        ],
        axis=1,
    )


def _whole_numbers(table: pd.DataFrame, whole: frozenset[str]) -> pd.DataFrame:
    """Integers as such, also where some trials have none."""
    return table.astype({name: "Int64" for name in table if name in whole}).astype(object)
