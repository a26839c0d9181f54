"""A report in a screen of Markdown: for the note of a study, a pull request, a message to a colleague."""

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.words import amount, interval, markdown, network, score, spoken

_MOST_MEMBERS = 8


def summary(report: Mapping[str, Any]) -> str:
    """The counts, the findings and the front; whatever the study's names and values hold stays text."""
    return "\n".join([_counts(report), "", *_findings(report), *_front(report)]).rstrip() + "\n"


def _counts(report: Mapping[str, Any]) -> str:
    states = report["trials"]
    named = {"complete": "complete", "pruned": "stopped early", "failed": "failed", "excluded": "excluded"}
    told = ", ".join(
        f"{states[state]:,} {said}" for state, said in named.items() if states[state] or state == "complete"
    )
    return f"**{told}**"


def _findings(report: Mapping[str, Any]) -> Iterator[str]:
    for finding in report["findings"]:
        yield f"- {markdown(finding)}"


def _front(report: Mapping[str, Any]) -> Iterator[str]:
    """The front as a table, its best members where it has many."""
    members = report["pareto"] or ()
    if not members:
        return
    names = [objective["name"] for objective in report["objectives"]]
    yield from ("", f"| trial | network | {' | '.join(markdown(spoken(name)) for name in names)} |")
    yield f"|{'---|' * (2 + len(names))}"
    for member in members[-_MOST_MEMBERS:]:
        reached = [_reached(member, names[0]), *(amount(member["values"][name], name) for name in names[1:])]
        cells = [str(member["number"]), network(member["params"]), *reached]
        yield f"| {' | '.join(map(markdown, cells))} |"
    if len(members) > _MOST_MEMBERS:
        yield from ("", f"{len(members) - _MOST_MEMBERS} cheaper ones are on the front, too.")


def _reached(member: Mapping[str, Any], name: str) -> str:
    """The score with its interval, where it has one."""
    ends = member["attrs"].get(f"{name}_ci95")
    told = f" ({interval(ends)})" if ends else ""
    return f"{score(member['values'][name])}{told}"
