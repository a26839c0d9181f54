"""The report as one self-contained HTML page."""

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from analysis.report.figures import Figure
from analysis.report.page.contents import contents
from analysis.report.page.embedding import embed
from analysis.report.page.networks import budget_rows, front_rows, settings_of, shared_settings
from analysis.report.page.numbers import ends, fixed, in_unit, opened, time_unit
from analysis.scaling import following
from analysis.trials import Trials
from analysis.words import amount, interval, network, score, settings, spoken, unit


def render_page(report: dict[str, Any], complete: Trials, figures: Sequence[Figure]) -> str:
    """The page; everything from the study is escaped, nothing is loaded from elsewhere."""
    environment = _environment(complete)
    scripts = [Markup(get_plotlyjs()), _source(environment, "page.js")]
    return environment.get_template("page.html").render(
        report=report,
        objective=complete.score.name,
        cost=None if complete.cost is None else complete.cost.name,
        following=following(complete),
        contents=contents(report),
        front=front_rows(report, complete),
        budgets=budget_rows(report, complete),
        advice=budget_rows(report, complete, candidates=True),
        shared=shared_settings(report),
        figures={figure.name: embed(figure) for figure in figures},
        style=_source(environment, "style.css"),
        scripts=scripts,
        hashes=[_hash(script) for script in scripts],
    )


def _environment(complete: Trials) -> Environment:
    environment = Environment(
        loader=PackageLoader("analysis", "report/page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = (amount, ends, fixed, in_unit, interval, network, opened, score, settings, spoken)
    environment.filters |= {word.__name__: word for word in words}
    environment.filters |= {"trial": complete.label, "trained": settings_of}
    environment.globals |= {"unit": unit, "time_unit": time_unit}
    return environment


def _source(environment: Environment, name: str) -> Markup:
    assert environment.loader is not None
    return Markup(environment.loader.get_source(environment, name)[0])


def _hash(script: str) -> str:
    """By which the page's policy knows the scripts that are its own."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
