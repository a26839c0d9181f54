import json
import re

import numpy as np
import pytest

from search.config import StudyConfig
from search.draft import make_draft
from search.joining import join_study
from search.sampling.strategy import Proposal
from storage.claims import Result
from storage.leases import claim, finish


@pytest.fixture
def finished(database, study):
    join_study(database, study, say=lambda line: None).run()
    return study


def test_the_best_within_a_budget_can_be_trained_again(command, finished):
    out = command("recommend", finished.name, "--flops", "1e9")
    assert "at most 1 GFLOPs: 3 complete trials" in out
    assert "3 complete trials; predictions need at least 50" in out
    assert "--store" in next(line for line in out.splitlines() if line.strip().startswith("ecgscale train "))


def test_a_score_has_its_interval_and_a_budget_below_all_says_what_the_cheapest_takes(command, finished):
    out = command("recommend", finished.name, "--flops", "1", "--flops", "1e9")
    assert out.splitlines()[1].startswith("  the cheapest that was trained takes ")
    assert re.search(r"balanced accuracy 0\.\d+ \(95 % interval 0\.\d+ to \d\.\d+\)", out)


def test_budgets_come_back_as_data(command, finished):
    rows = json.loads(command("recommend", finished.name, "--flops", "1", "--params", "1e9", "--json"))["recommended"]
    assert (rows[0]["flops"], rows[0]["number"], rows[0]["trials"]) == (1, None, 0)
    assert (rows[1]["budget"], rows[1]["flops"], rows[1]["trials"]) == ({"params": 1e9}, None, 3)
    assert rows[1]["params"]["family"] in ("resnet", "convnext")
    assert rows[1]["observed"] == rows[1]["values"]["balanced_accuracy"]


def test_without_a_budget_there_are_several(command, finished):
    rows = json.loads(command("recommend", finished.name, "--json"))["recommended"]
    assert rows[-1]["trials"] == 3


def test_a_study_without_trials_recommends_nothing(command, study):
    for budget in ((), ("--flops", "1e8"), ("--params", "1e5")):
        assert "no trial is complete yet" in command("recommend", study.name, *budget)


def test_untrained_networks_are_recommended_where_enough_trials_tell(command, database, make_study):
    """Sixty trials whose score grows with their FLOPs; none of them is a candidate again."""
    study = make_study(trials=60)
    config, rng = StudyConfig.load(study.config), np.random.default_rng(0)
    for _ in range(60):
        draft = make_draft(config, config.space.draw(rng))
        got = claim(database, study, "w", draft.new_trial(config, Proposal(draft.params, "uniform"), {}))
        score = 0.3 + 0.05 * np.log10(draft.complexity.flops) + 0.01 * rng.normal()
        finish(database, got, Result((float(score), float(draft.complexity.flops)), {}))
    (row,) = json.loads(command("recommend", study.name, "--flops", "1e9", "--json"))["recommended"]
    assert row["trials"] == 60
    assert row["predicted_ci95"][0] < row["predicted"] < row["predicted_ci95"][1]
    assert row["candidate"]["attrs"]["flops"] <= 1e9
    assert row["try_candidate"] == (row["candidate"]["predicted"] > row["predicted"])
    lines = command("recommend", study.name, "--flops", "1e9")
    assert "expected from the others" in lines


def test_an_impossible_budget_is_refused(command, finished):
    assert "flops is -1" in command("recommend", finished.name, "--flops", "-1", code=2)
