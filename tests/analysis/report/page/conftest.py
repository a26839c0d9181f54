"""A report in which every section has something to say and every name is hostile, and a browser that looks at it."""

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.analyze import analyze
from analysis.claims.claim import BELOW, Finding
from analysis.question import Labels, Question
from analysis.regions import Change, Kind, Region, Review, SubSet
from analysis.regions.timeline import RegionHistory
from analysis.report import build_report, write_report
from analysis.trials import STUDY_OBJECTIVES, tabulate
from storage.trial_columns import Column, TrialColumns

HOSTILE = """<img src=x onerror=alert(1)>"'&</script>"""
_N = 60


def _column(values):
    return Column(list(range(len(values))), list(values))


def _trials():
    """The first two are trainings of one network that are equally good, and on the front."""
    rng = np.random.default_rng(0)
    width = [8, 8, *(int(w) for w in rng.integers(1, 9, _N - 2) * 8)]
    flops = [int(1e5 * w**1.5) for w in width]
    scores = [0.95 - 2 * x**-0.2 - 0.05 * rng.random() for x in flops]
    scores[0] = scores[1] = 0.95 - 2 * flops[0] ** -0.2
    family = [HOSTILE if i % 2 else "resnet" for i in range(_N)]
    family[:2] = ["resnet", "resnet"]
    columns = TrialColumns(
        numbers=list(range(_N)),
        states=["complete"] * _N,
        objectives=[_column(scores), _column([float(x) for x in flops])],
        params={
            "family": _column(family),
            f"width {HOSTILE}": _column(width),
            "train.lr": _column([float(rng.uniform(1e-3, 1e-2)) for _ in range(_N)]),
            f"train.{HOSTILE}": _column([HOSTILE if i % 3 else "other" for i in range(_N)]),
        },
        attrs={
            "params": _column([1000 + x for x in flops]),
            "arm": _column(["wide" if i % 2 else HOSTILE for i in range(_N)]),
            "macro_auroc": _column([s + 0.03 for s in scores]),
            "balanced_accuracy_ci95": _column([[s - 0.02, s + 0.02] for s in scores]),
        },
    )
    return tabulate(columns, STUDY_OBJECTIVES)


def _labels(trials):
    rng = np.random.default_rng(1)
    names = [f"{HOSTILE} {i}" for i in range(4)]
    rows = [
        (number, name, 20, float(trials.values["balanced_accuracy"][number] + 0.02 * rng.standard_normal()))
        for number in trials.state.index
        for name in names
    ]
    scores = pd.DataFrame(rows, columns=["number", "label", "n_positive", "balanced_accuracy"])
    return Labels(scores, {name: f"group {HOSTILE} {i % 2}" for i, name in enumerate(names)})


def _regions():
    name, left = f"net.{HOSTILE}", SubSet((3, 5))
    cut = Change(Kind.CUT, name, SubSet((HOSTILE,)), left)
    wide = Region({name: SubSet((3, 5, HOSTILE))})
    return RegionHistory(HOSTILE, ((1, Review(20, "search", Region({name: left}), (cut,))),), wide, frozenset(), _N)


@pytest.fixture(scope="session")
def hostile_page(report_material, tmp_path_factory) -> Path:
    trials = _trials()
    analysis = analyze(trials, Question.of_study(labels=_labels(trials), shap=False))
    finding = Finding(HOSTILE, HOSTILE, HOSTILE, HOSTILE, BELOW)
    analysis = replace(analysis, claims=(finding.judged(-0.02, (-0.03, -0.01), 60), finding.untold(HOSTILE, 3)))
    material = report_material(_N, name=HOSTILE)
    curve = {epoch: 0.5 + 0.01 * epoch for epoch in range(1, 5)}
    material = replace(
        material,
        study={**material.study, "ended": HOSTILE, "drawn_by": {HOSTILE: 5}, "sampler": HOSTILE},
        store={**material.store, "vocabulary": HOSTILE},
        regions=(_regions(),),
        spent={"finished": 900.0, HOSTILE: 60.0},
        curves=dict.fromkeys(analysis.fronts.members, curve),
    )
    return write_report(build_report(analysis, material), analysis, tmp_path_factory.mktemp("hostile")).page


@pytest.fixture
def light(browser):
    """Sets the scheme, light or dark, that the browser tells pages of, and whether they are on paper."""

    def tell(scheme: str, media: str = "") -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})

    return tell


@pytest.fixture
def look(browser, light):
    """Opens a page as on a screen of a width, in light or dark; the browser is as before afterwards."""

    @contextmanager
    def opened(page, *, width=1280, scheme="light", media=""):
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        light(scheme, media)
        try:
            browser.get_log("browser")
            browser.get(page.as_uri())
            yield browser
        finally:
            light("light")
            browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    return opened
