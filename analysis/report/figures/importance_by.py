"""In which direction each parameter goes with the score, group by group."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.report.figures.figure import Figure
from analysis.report.figures.style import GREY, PALETTE, escaped, file_name, name_on_axis, records, styled
from analysis.words import listed, spoken

_FEWEST = 30  # trials of a group whose signs are told; fewer are drawn as unclear
_MOST_GROUPS, _MOST_PARAMS = 7, 18
_ROW, _BELOW = 32, 12  # pixels
_LETTERS = 18  # of all groups' names side by side, on a phone
_SIGNS = {"+": ("square", PALETTE[0]), "-": ("diamond", PALETTE[1]), "unclear": ("circle-open", GREY)}
_NAMES = {"+": "+ rises with it", "-": "− falls with it", "unclear": "not clear"}


def importance_by_figures(report: dict[str, Any]) -> list[Figure]:
    """One matrix for each column to group by that has two groups or more with correlations.

    The first is called `importance-by`, the others `importance-by-COLUMN`.
    """
    columns = dict.fromkeys(group.partition("=")[0] for group, rows in (report["importance_by"] or {}).items() if rows)
    tables = {column: _table(report, column) for column in columns}
    told = {column: table for column, table in tables.items() if not table.empty and table["group"].nunique() > 1}
    return [
        _figure(report, column, table, file_name("importance-by", column) if place else "importance-by")
        for place, (column, table) in enumerate(told.items())
    ]


def _table(report: dict[str, Any], column: str) -> pd.DataFrame:
    """One row per parameter and group; of families, parameters lose the family's name, so that they share a row."""
    rows = []
    for group, ranked in report["importance_by"].items():
        name, _, value = group.partition("=")
        for row in ranked or () if name == column else ():
            if row["spearman"] is None or row["derived"]:
                continue
            low, high = row["spearman_ci95"]
            rows.append(
                {
                    "group": value,
                    "parameter": row["param"].removeprefix(f"{value}.") if column == "family" else row["param"],
                    "rho": row["spearman"],
                    "low": low,
                    "high": high,
                    "trials": row["n"],
                    "sign": _sign(low, high, row["n"]),
                }
            )
    table = pd.DataFrame(rows, columns=["group", "parameter", "rho", "low", "high", "trials", "sign"])
    return table[table["group"].isin(_largest(table)) & table["parameter"].isin(_strongest(table))]


def _sign(low: float, high: float, n: int) -> str:
    if n < _FEWEST or low <= 0 <= high:
        return "unclear"
    return "+" if low > 0 else "-"


def _largest(table: pd.DataFrame) -> list[str]:
    return list(table.groupby("group")["trials"].max().nlargest(_MOST_GROUPS).index)


def _strongest(table: pd.DataFrame) -> list[str]:
    """Parameters of the strongest correlation in any group first."""
    return list(table["rho"].abs().groupby(table["parameter"]).max().nlargest(_MOST_PARAMS).index)


def _figure(report: dict[str, Any], column: str, table: pd.DataFrame, name: str) -> Figure:
    groups, params = _largest(table), _strongest(table)
    score = spoken(report["objectives"][0]["name"])
    plot = go.Figure()
    for sign, (symbol, colour) in _SIGNS.items():
        part = table[table["sign"] == sign]
        if part.empty:
            continue
        plot.add_scatter(
            x=[groups.index(group) for group in part["group"]],
            y=[-params.index(param) for param in part["parameter"]],
            mode="markers+text",
            name=_NAMES[sign],
            marker={"symbol": symbol, "size": 9, "color": colour, "line": {"width": 1.4, "color": colour}},
            text=[f"{rho:+.2f}" for rho in part["rho"]],
            textposition="middle right",
            textfont={"size": 11},
            hovertext=[escaped(_hover(row)) for row in records(part)],
            hoverinfo="text",
        )
    turned = sum(map(len, groups)) > _LETTERS
    styled(plot, plot_height=_ROW * len(params), above=60 if turned else 30)
    plot.update_layout(margin_b=_BELOW, height=plot.layout.height - plot.layout.margin.b + _BELOW)
    plot.update_xaxes(
        tickvals=list(range(len(groups))),
        ticktext=[name_on_axis(group) for group in groups],
        range=[-0.4, len(groups) - 0.25],
        showline=False,
        ticks="",
        side="top",
        tickangle=-35 if turned else 0,
        showgrid=False,
    )
    plot.update_yaxes(
        tickvals=[-place for place in range(len(params))],
        ticktext=[name_on_axis(param) for param in params],
        range=[-len(params) + 0.4, 0.6],
    )
    return Figure(
        name, f"With what the {score} rises and falls, by {spoken(column)}", _told(table, score, column), plot, table
    )


def _hover(row: dict[str, Any]) -> str:
    return (
        f"{row['group']}, {row['parameter']}: ρ {row['rho']:+.2f} ({row['low']:+.2f} to {row['high']:+.2f}), "
        f"n = {row['trials']:,}"
    )


def _told(table: pd.DataFrame, score: str, column: str) -> str:
    """Where the groups disagree, which is what there is to see; else how many agree."""
    signs = table[table["sign"] != "unclear"].groupby("parameter")["sign"].agg(set)
    split = [str(param) for param, found in signs.items() if len(found) > 1]
    told = f"Spearman's rank correlation of each parameter with the {score} in each {spoken(column)}: "
    told += f"{len(table[table['sign'] != 'unclear'])} of {len(table)} are clear of 0. "
    if split:
        return f"{told}Groups disagree in the sign of {listed(split)}."
    return f"{told}No parameter has clear signs that disagree."
