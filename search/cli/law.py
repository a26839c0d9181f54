"""`ecgscale law`: a scaling law through the rows of a table."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.laws.form import Form
from search.cli.bars import stages
from search.cli.options import AsJson

if TYPE_CHECKING:
    import numpy as np

    from analysis.laws.law import Law
    from analysis.laws.saturation import Saturation
    from analysis.table import Table


def _column(help: str) -> typer.models.OptionInfo:
    return typer.Option(help=help, metavar="COLUMN", show_default=False)


def law(
    table: Annotated[Path, typer.Argument(help="Table (CSV) with one row per run and column names in its first line.")],
    form: Annotated[
        Form,
        typer.Option(
            help="power: y = A x^-alpha; power-offset: y = E + A x^-alpha; "
            "chinchilla: loss = E + A / size^alpha + B / data^beta."
        ),
    ],
    x: Annotated[str | None, _column("x of a power law, for instance FLOPs.")] = None,
    y: Annotated[str | None, _column("y of a power law, for instance an error.")] = None,
    size: Annotated[str | None, _column("Chinchilla: size of the network, N.")] = None,
    data: Annotated[str | None, _column("Chinchilla: what it was trained on, D, for instance records seen.")] = None,
    flops: Annotated[
        str | None, _column("Chinchilla: training FLOPs in the place of --data; D is FLOPs / 6 N.")
    ] = None,
    loss: Annotated[str | None, _column("Chinchilla: its loss.")] = None,
    huber_delta: Annotated[
        float, typer.Option(help="Residuals of ln y beyond this count as they are, not squared.")
    ] = 1e-3,
    drop_worst: Annotated[int, typer.Option(help="Leave out so many rows of the largest y or loss.")] = 0,
    hold_out_over: Annotated[
        float | None,
        typer.Option(
            help="Hold out the rows whose compute (x, or size times data) is larger; default: the largest third.",
            show_default=False,
        ),
    ] = None,
    bootstrap: Annotated[int, typer.Option(help="Resamples for the intervals.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of the resamples.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Fit a scaling law to a table: its numbers with 95 % intervals, whether to believe them, what it predicts.

    Example: ecgscale law runs.csv --form power-offset --x flops --y error
    """
    from analysis.from_table import unfinished
    from analysis.laws.law import FitSettings, fit_law
    from analysis.plain import plain
    from analysis.table import read_table

    named = _named(form, {"x": x, "y": y, "size": size, "data": data, "flops": flops, "loss": loss})
    settings = FitSettings(
        huber_delta=huber_delta, drop_worst=drop_worst, draws=bootstrap, seed=seed, hold_out_over=hold_out_over
    )
    read = read_table(table)
    left = unfinished(read)
    columns = _columns(read if left is None else read.without(left), named)
    *inputs, observed = columns.values()
    with stages() as say:
        say(f"fit, and {bootstrap:,} resamples for its intervals")
        fitted = fit_law(form, _stacked(inputs), observed, settings)
    if as_json:
        print(json.dumps(plain(fitted), allow_nan=False))
    else:
        print("\n".join(_lines(fitted, named)))
        if left is not None and left.any():
            print(f"left out: {left.sum()} rows whose column state does not say complete")


def _named(form: Form, given: dict[str, str | None]) -> dict[str, str]:
    """The columns that the form needs, in order; the last is what it explains.

    Raises:
        AnalysisError: one is missing, given twice over, or belongs to another form.
    """
    from analysis.errors import AnalysisError

    if form is Form.CHINCHILLA and given["data"] and given["flops"]:
        raise AnalysisError("data is given by --data or by --flops, but got both; leave one out")
    second = "flops" if given["flops"] else "data"
    needed = ("size", second, "loss") if form is Form.CHINCHILLA else ("x", "y")
    wanted = "--size, --data (or --flops) and --loss" if form is Form.CHINCHILLA else "--x and --y"
    foreign = [name for name, column in given.items() if column is not None and name not in needed]
    if foreign:
        raise AnalysisError(f"--form {form} takes {wanted}, but got --{foreign[0]}; leave it out or change the form")
    missing = [name for name in needed if given[name] is None]
    if missing:
        raise AnalysisError(f"--form {form} takes {wanted}, but --{missing[0]} is missing; name its column")
    return {name: str(given[name]) for name in needed}


def _columns(table: "Table", named: dict[str, str]) -> dict[str, "np.ndarray"]:
    """The numbers of each column; training FLOPs as data.

    Raises:
        AnalysisError: a column cannot be used for a law.
    """
    import numpy as np

    from analysis.errors import AnalysisError

    columns = {name: table.numbers(column, positive=True) for name, column in named.items()}
    filled = ~np.isnan(list(columns.values())).any(axis=0)
    if filled.sum() < 2:
        raise AnalysisError(
            f"a law needs at least two rows with a number in every column it uses, but got {filled.sum()}; add runs"
        )
    for name, column in named.items():
        if np.ptp(columns[name][filled]) == 0:
            value = columns[name][filled][0]
            raise AnalysisError(
                f"a law needs values that differ, but column {column!r} is {value:g} in every row; choose another"
            )
    if "flops" in columns:
        columns["flops"] = columns["flops"] / (6 * columns["size"])
    return columns


def _stacked(columns: list["np.ndarray"]) -> "np.ndarray":
    import numpy as np

    return np.stack(columns, axis=1)


def _lines(law: "Law", named: dict[str, str]) -> list[str]:
    *inputs, observed = named.values()
    lines = [f"{law.form} law of {observed} over {' and '.join(inputs)}: {law.status}", f"  {law.reason}"]
    if law.params:
        lines += ["", f"  {_formula(law, named)}", ""]
        lines += [_parameter(name, law.params[name], law.ci95[name]) for name in _in_order(law)]
    return [*lines, "", *_notes(law, named)]


def _in_order(law: "Law") -> list[str]:
    return [name for name in ("E", "A", "alpha", "B", "beta") if name in law.params]


def _formula(law: "Law", named: dict[str, str]) -> str:
    p = {name: f"{value:.4g}" for name, value in law.params.items()}
    *_, observed = named.values()
    if law.form is Form.CHINCHILLA:
        data = "data" if "data" in named else "(flops / 6 size)"
        return f"{observed} = {p['E']} + {p['A']} / size^{p['alpha']} + {p['B']} / {data}^{p['beta']}"
    offset = f"{p['E']} + " if "E" in p else ""
    return f"{observed} = {offset}{p['A']} * {named['x']}^-{p['alpha']}".replace("^--", "^")


def _parameter(name: str, value: float, interval: tuple[float, float]) -> str:
    low, high = interval
    return f"  {name:<6} {value:<10.4g} 95 % interval {low:.4g} to {high:.4g}"


def _notes(law: "Law", named: dict[str, str]) -> list[str]:
    *_, observed = named.values()
    notes = [f"points: {law.n}" + (f"; summed Huber loss on ln {observed}: {law.objective:.9g}" if law.params else "")]
    if law.dropped.count:
        notes.append(f"dropped before the fit: {law.dropped.count} rows of the largest {observed}")
    if law.left_out:
        notes.append(f"left out: {law.left_out} rows with a blank cell")
    if law.holdout is not None:
        compute = "size * data" if law.form is Form.CHINCHILLA else named["x"]
        notes.append(
            f"held out: {law.holdout.n} points with {compute} above {law.holdout.x_over:.4g}; there the law is off by "
            f"{law.holdout.error:.3g} of ln {observed} on the mean, the baseline ({law.holdout.baseline}) by "
            f"{law.holdout.baseline_error:.3g}"
        )
    if law.form is Form.POWER_OFFSET and law.params:
        notes.append(_saturated(law.saturation, named))
    return notes


def _saturated(saturation: "Saturation | None", named: dict[str, str]) -> str:
    if saturation is None:
        return "no sign of saturation"
    low, high = saturation.ci95
    place = "within" if saturation.reached else "beyond"
    return (
        f"saturation: beyond {named['x']} = {saturation.x:.3g} (95 % interval {low:.3g} to {high:.3g}), {place} these "
        f"points, doubling it lowers {named['y']} by less than {saturation.gain:.0%}"
    )
