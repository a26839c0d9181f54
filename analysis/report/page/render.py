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
from analysis.report.page.networks import shared_settings
from analysis.report.page.numbers import opened
from analysis.report.page.tables import page_tables
from analysis.scaling import following
from analysis.trials import Trials
from analysis.words import counted, settings, spoken


def render_page(report: dict[str, Any], complete: Trials, figures: Sequence[Figure]) -> str:
    """The page; everything from the study is escaped, nothing is loaded from elsewhere."""
    environment = _environment()
    scripts = [Markup(get_plotlyjs()), _source(environment, "page.js")]
    return environment.get_template("page.html").render(
        report=report,
        objective=complete.score.name,
        cost=None if complete.cost is None else complete.cost.name,
        following=following(complete),
        contents=contents(report),
        tables=page_tables(report, complete),
        shared=shared_settings(report),
        figures={figure.name: embed(figure) for figure in figures},
        style=_source(environment, "style.css"),
        scripts=scripts,
        hashes=[_hash(script) for script in scripts],
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("analysis", "report/page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = (counted, opened, settings, spoken)
    environment.filters |= {word.__name__: word for word in words}
    return environment


def _source(environment: Environment, name: str) -> Markup:
    assert environment.loader is not None
    return Markup(environment.loader.get_source(environment, name)[0])


def _hash(script: str) -> str:
    """By which the page's policy knows the scripts that are its own."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
