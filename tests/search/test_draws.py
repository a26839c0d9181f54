import math
from collections import Counter

import pytest

from analysis.regions import Region, SubRange, SubSet
from search.config import StudyConfig
from search.errors import ConfigError, SpaceError
from search.samplers import Sampler
from search.worker import Limits, Worker
from storage.claims import Result
from storage.progress import progress
from storage.studies import find_study
from storage.trials import read_trials

NARROW = Region({"train.lr": SubRange(0.002, 0.004), "family": SubSet(("resnet",))})
ARMS = {"wide": Region().dump(), "narrowed": NARROW.dump()}


class Instant:
    """A trial that takes no time."""

    def evaluate(self, draft, claim, on_epoch, stop):
        return Result((0.5 + 0.05 * math.log10(draft.complexity.flops), float(draft.complexity.flops)), {})

    def tidy(self, claim):
        pass


def work(database, study, trials=None):
    said = []
    Worker(database, study, StudyConfig.load(study.config), Instant(), limits=Limits(trials), say=said.append).run()
    return said


def test_arms_are_searched_in_turn_each_within_its_region_and_run_by_run(database, make_study):
    study = make_study(trials=24, sampler=Sampler.RANDOM, arms=ARMS, runs=3)
    work(database, study, trials=11)
    work(database, find_study(database, study.name))
    trials = read_trials(database, study)
    told = [(trial.user_attrs["arm"], trial.user_attrs["run"]) for trial in trials]
    in_turn = [(arm, run) for run in (0, 1, 2, 0) for arm in ("narrowed", "wide")]
    assert told[: len(in_turn)] == in_turn
    assert Counter(told) == {(arm, run): 4 for arm in ARMS for run in range(3)}
    assert {(trial.user_attrs["sampler"], trial.user_attrs["region"]) for trial in trials} == {("random", None)}
    narrowed = [trial.params in NARROW for trial in trials if trial.user_attrs["arm"] == "narrowed"]
    assert all(narrowed)
    wide = [trial.params in NARROW for trial in trials if trial.user_attrs["arm"] == "wide"]
    assert not all(wide)


def test_an_arm_with_nothing_left_ends_the_study_and_is_named(database, make_study):
    few = Region({"train.lr": SubRange(0.002, 0.002), "family": SubSet(("convnext",))})
    study = make_study(trials=24, sampler=Sampler.RANDOM, arms={"wide": {}, "few": few.dump()})
    said = work(database, study)
    assert progress(database, study).ended == said[-1]
    assert said[-1].startswith("the arm few has nothing left: each of its 4 sets of parameters was tried before")
    assert len(read_trials(database, study)) == 8


@pytest.mark.parametrize(
    ("search", "message"),
    [
        ({"arms": ARMS}, r"arms are compared by blind draws, but got arms with the sampler default; take the sampler"),
        ({"arms": ARMS, "sampler": Sampler.RANDOM, "narrow": 25}, r"but got arms with narrowing; take the sampler"),
        ({"arms": ARMS, "sampler": Sampler.RANDOM, "runs": 0}, r"but got 0"),
        ({"runs": 3}, r"1 run, or with arms several of each, but got 3; name its arms too"),
    ],
)
def test_arms_that_could_not_be_compared_are_refused(make_study, search, message):
    with pytest.raises(ConfigError, match=message):
        make_study(**search)


def test_an_arm_outside_the_space_is_refused(make_study):
    with pytest.raises(SpaceError, match=r"the space has no vit.width to narrow"):
        make_study(sampler=Sampler.RANDOM, arms={"odd": {"vit.width": [1, 2]}})
