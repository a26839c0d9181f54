"""`ecgscale recommend`."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from search.cli.amounts import parse_amount
from search.cli.bars import stages
from search.cli.options import AsJson, Plugin, Storage, StudyName, quoted

if TYPE_CHECKING:
    from analysis.recommend import Prediction, Recommendation
    from analysis.trials import Trials
    from search.config import StudyConfig


def recommend(
    name: StudyName,
    flops: Annotated[
        list[float] | None,
        typer.Option(
            help="Budget: FLOPs of one forward pass on one record, as 20M or 2e7; repeat it for several. Default: 1 "
            "and 3 of each decade that the trials span.",
            parser=parse_amount,
            metavar="FLOPS",
            show_default=False,
        ),
    ] = None,
    params: Annotated[
        list[float] | None,
        typer.Option(
            help="Budget: learnable parameters, as 500K; repeat it for several.",
            parser=parse_amount,
            metavar="COUNT",
            show_default=False,
        ),
    ] = None,
    storage: Storage = None,
    as_json: AsJson = False,
    plugin: Plugin = None,
) -> None:
    """Say which network to build for a budget: the best that was trained, and one that is predicted to be better.

    Example: ecgscale recommend first --flops 1e8
    """
    from analysis.plain import plain
    from analysis.recommend import Budget
    from analysis.report.recommended import recommended_rows
    from search.config import StudyConfig
    from search.recommending import recommend_from
    from storage.database import open_database
    from storage.studies import find_study

    database = open_database(storage)
    study = find_study(database, name)
    budgets = [Budget("flops", limit) for limit in flops or []] + [Budget("params", limit) for limit in params or []]
    with stages() as say:
        say("predictions of trained and untrained networks")
        complete, found = recommend_from(database, study, budgets)
    if as_json:
        told = {"recommended": recommended_rows(complete, found), "unpredicted": found.unpredicted}
        print(json.dumps(plain(told), allow_nan=False))
        return
    config, before = StudyConfig.load(study.config), None
    for row in found.rows:
        _print(complete, config, row, same=before is not None and (row.tried, row.untried) == before)
        before = row.tried, row.untried
    if not found.rows:
        print(f"no trial is complete yet; train some with: ecgscale launch {quoted(study.name)}")
    elif found.unpredicted:
        print(f"nothing is said of untried networks: {found.unpredicted}")


def _ends(complete: "Trials", number: int) -> str:
    """The interval of a trial's score, where it has one."""
    from analysis.words import interval

    ends = complete.told(number).get(f"{complete.score.name}_ci95")
    return f" (95 % interval {interval(ends)})" if ends else ""


def _print(complete: "Trials", config: "StudyConfig", row: "Recommendation", *, same: bool) -> None:
    from analysis.words import counted, human_flops
    from search.recommending import training_command

    limit = human_flops(row.budget.limit) if row.budget.by == "flops" else f"{row.budget.limit:,.0f} parameters"
    print(f"at most {limit}: {counted(row.trials, 'complete trial')}")
    if same:
        print("  the same")
        return
    if row.tried is None and row.budget.by == "flops":
        print(f"  the cheapest that was trained takes {human_flops(complete.values['flops'].min())}")
    if row.tried is not None:
        number = row.tried.number
        expected = row.tried.predicted
        beside = "" if expected is None else f"; expected from the others {_told(expected)}"
        print(f"  build trial {number}: {_network(complete.drawn(number), complete.told(number))}")
        print(f"    {complete.score.name.replace('_', ' ')} {row.tried.score:.3f}{_ends(complete, number)}{beside}")
        print(f"    {training_command(config, complete.drawn(number))}")
    if row.untried is not None and row.worth_trying:
        print(f"  or try, untrained yet: {_network(row.untried.params, row.untried.attrs)}")
        print(f"    {complete.score.name.replace('_', ' ')} about {_told(row.untried.predicted)}")
        print(f"    {training_command(config, row.untried.params)}")
    elif row.untried is not None:
        print(f"  more is expected of none of {counted(row.candidates, 'untried network')}")


def _network(params: dict[str, Any], attrs: dict[str, Any]) -> str:
    from analysis.words import human_flops, network

    return f"{network(params)}, {human_flops(attrs['flops'])}, {attrs['params']:,.0f} parameters"


def _told(prediction: "Prediction") -> str:
    low, high = prediction.ci95
    return f"{prediction.score:.3f} ({low:.3f} to {high:.3f})"
