"""What is good for groups of labels, and for each of them."""

from functools import partial

from analysis.report.page.numbers import fixed
from analysis.report.page.table import Cell, Column, Field, Table, table_of
from analysis.report.page.tables.cells import Row, count
from analysis.trials import Trials
from analysis.words import interval, score, spoken


def label_groups_table(report: Row, complete: Trials) -> Table:
    """With a column for each number of an architecture."""
    groups = report["label_groups"] or ()
    effects = groups[0]["effects"] if groups else ()
    fields: list[Field[Row]] = [
        (Column("labels (how many)"), _group),
        (Column("best score, by trial", True), lambda row: _best(row, "balanced_accuracy", "number", complete)),
        (
            Column("there, of the trial best over all", True),
            lambda row: _best(row, "overall_best_balanced_accuracy", "overall_best", complete),
        ),
        *(
            (Column(f"{spoken(effect['factor'])} {effect['unit']}", True), partial(_effect, place))
            for place, effect in enumerate(effects)
        ),
    ]
    return table_of("label-groups", "The best trial and the effects of each group of labels", groups, fields)


def labels_table(report: Row, complete: Trials) -> Table:
    fields: list[Field[Row]] = [
        (Column("label"), lambda row: Cell(row["label"])),
        (Column("group"), lambda row: Cell(row["group"] or "")),
        (Column("positives in fold 9", True), lambda row: count(row["n_positive"])),
        (Column("best score ± its error", True), lambda row: _best_of_label(row, complete)),
        (Column("gain from architectures of its own (95 % interval)", True), _gain),
    ]
    return table_of("labels", "Each label", report["labels"] or (), fields, things="labels")


def _group(row: Row) -> Cell:
    return Cell(f"{row['group']} ({len(row['labels'])})", ends=f"n = {row['n']:,}")


def _best(row: Row, value: str, number: str, complete: Trials) -> Cell:
    best = row["best"]
    if not best or best[value] is None:
        return Cell()
    return Cell(score(best[value]), ends=f"trial {complete.label(best[number])}")


def _effect(place: int, row: Row) -> Cell:
    effect = row["effects"][place]
    if effect["effect"] is None:
        return Cell("n/a")
    return Cell(f"{effect['effect']:+z.3f}", ends=fixed(effect["ci95"], 3))


def _best_of_label(row: Row, complete: Trials) -> Cell:
    best = row["best"]
    if not best:
        return Cell(notes=(row["why"],))
    value, error = best["balanced_accuracy"], best["standard_error"]
    told = score(value) if error is None else f"{score(value)} ± {score(error)}"
    return Cell(told, ends=f"trial {complete.label(best['number'])}", sort=value)


def _gain(row: Row) -> Cell:
    gain = row["gain"]
    return Cell(f"{gain['gain']:+z.3f}", ends=interval(gain["ci95"]), sort=gain["gain"]) if gain else Cell()
