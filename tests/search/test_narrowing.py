import math
import threading
import time
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from sqlalchemy import select

from analysis.errors import AnalysisError
from analysis.regions import Change, Kind, Region, Review, SubRange, SubSet
from search.config import StudyConfig
from search.narrowing import Narrowing, review_now
from search.worker import Limits, Worker
from storage import schema
from storage.claims import Result
from storage.exclusion import exclude_trial
from storage.progress import progress
from storage.regions import add_region, read_regions
from storage.trials import read_trials

LOW, RESNET = SubRange(0.001, 0.003), SubSet(("resnet",))
REGIONS = [Region({"train.lr": LOW}), Region({"train.lr": LOW, "family": RESNET}), Region({"family": RESNET}), Region()]


class Quick:
    """A trial that takes a moment; its score grows with the cost."""

    def evaluate(self, draft, claim, on_epoch, stop):
        time.sleep(0.02)
        return Result((0.5 + 0.05 * math.log10(draft.complexity.flops), float(draft.complexity.flops)), {})

    def tidy(self, claim):
        pass


def in_turn(trials, wide, history, candidates, *, by="search", seed=0):
    """A review that moves the region each time."""
    region = REGIONS[len(history) % len(REGIONS)]
    finished = int(trials.state.isin(["complete", "pruned"]).sum())
    change = Change(Kind.CUT, "train.lr", SubRange(0.003, 0.01), LOW)
    return Review(finished, by, region, (change,))


@pytest.fixture
def reviewed_in_turn(monkeypatch):
    monkeypatch.setattr("analysis.regions.narrowing.review_region", in_turn)


def worker_of(database, study, say=lambda line: None, **limits):
    return Worker(database, study, StudyConfig.load(study.config), Quick(), limits=Limits(**limits), say=say)


def owners(database, study):
    with database.engine.connect() as connection:
        rows = connection.execute(
            select(schema.leases.c.trial_id, schema.leases.c.worker).where(schema.leases.c.study_id == study.id)
        )
        return dict(rows.all())


def test_two_workers_and_a_third_that_joins_late_follow_one_history(database, make_study, reviewed_in_turn):
    study = make_study(trials=75, sampler="random", narrow=10)
    workers = [worker_of(database, study) for _ in range(3)]
    threads = [threading.Thread(target=worker.run) for worker in workers]
    for thread in threads[:2]:
        thread.start()
    while progress(database, study).counted < 30:
        time.sleep(0.1)
    threads[2].start()
    for thread in threads:
        thread.join(120)
    history = read_regions(database, study)
    assert [told["version"] for told in history] == list(range(1, len(history) + 1))
    assert 4 <= len(history) <= 7
    ended = [0, *(told["trials"] for told in history)]
    assert all(later - before >= 10 for before, later in pairwise(ended))
    regions = {told["version"]: Region.load(told["region"]) for told in history}
    made = {told["version"]: datetime.fromisoformat(told["made_at"]) for told in history}
    trials, owner = read_trials(database, study), owners(database, study)
    assert len(trials) == 75
    started = {name: [] for name in owner.values()}
    for trial in trials:
        version, at = trial.user_attrs["region"], trial.datetime_start.replace(tzinfo=UTC)
        if version is not None:
            assert trial.params in regions[version]
            assert made[version] <= at
            before = started[owner[trial._trial_id]][-1:]
            newest = max((other for other, since in made.items() if before and since < before[0]), default=0)
            assert version >= newest
        if trial.user_attrs["sampler"] == "uniform":
            assert version is None
        started[owner[trial._trial_id]].append(at)
    assert len(started) == 3
    assert {name: len(times) > 5 for name, times in started.items()} == dict.fromkeys(started, True)
    within = {trial.user_attrs["region"] for trial in trials}
    assert within >= {None, 1, 2, 3}
    assert not any(regions[version].is_whole for version in within - {None})
    probes = [trial for trial in trials if trial.user_attrs["sampler"] == "uniform"]
    assert any(trial.params not in REGIONS[1] for trial in probes)


def test_a_move_is_said_and_kept_and_a_review_that_changes_nothing_is_kept_too(database, make_study, monkeypatch):
    def once(trials, wide, history, candidates, **more):
        moved = in_turn(trials, wide, history, candidates, **more)
        return Review(moved.trials, moved.by, REGIONS[0], () if history else moved.changes)

    monkeypatch.setattr("analysis.regions.narrowing.review_region", once)
    study, said = make_study(trials=17, sampler="random", narrow=5), []
    worker_of(database, study, said.append).run()
    told = [line for line in said if line.startswith("region ")]
    assert len(told) == 1
    assert told[0].startswith("region 1, after 5 trials: train.lr")
    assert [(one["trials"], one["by"], len(one["changes"])) for one in read_regions(database, study)] == [
        (5, "search", 1),
        (10, "search", 0),
        (15, "search", 0),
    ]


def test_statistics_that_fail_stop_no_worker(database, make_study, monkeypatch):
    asked = []

    def failing(trials, *more, **named):
        asked.append(len(trials))
        raise AnalysisError("too few of everything")

    monkeypatch.setattr("analysis.regions.narrowing.review_region", failing)
    study, said = make_study(trials=18, sampler="random", narrow=5), []
    assert worker_of(database, study, said.append).run() == 18
    assert asked == [5, 10, 15]
    assert [line for line in said if "the region stays as it is" in line] == [
        "the region stays as it is, since the trials cannot be reviewed: too few of everything"
    ]
    assert read_regions(database, study) == []


def test_a_region_that_does_not_fit_the_space_is_not_written(database, make_study, monkeypatch):
    odd = Region({"resnet.width": SubSet((5,))})
    monkeypatch.setattr("analysis.regions.narrowing.review_region", lambda *_, **__: Review(5, "search", odd))
    study, said = make_study(trials=7, sampler="random", narrow=5), []
    assert worker_of(database, study, said.append).run() == 7
    assert any("no value of resnet.width in the space lies in" in line for line in said)
    assert read_regions(database, study) == []


def test_a_persons_region_is_followed_without_narrowing_and_given_up_when_undone(database, make_study):
    study = make_study(trials=30, sampler="random")
    add_region(database, study, 1, Review(0, "person", REGIONS[1]).dump())
    assert worker_of(database, study, trials=15).run() == 15
    add_region(database, study, 2, Review(15, "person", Region()).dump())
    assert worker_of(database, study).run() == 15
    trials = read_trials(database, study)
    assert {trial.user_attrs["region"] for trial in trials[:15]} <= {1, None}
    assert sum(trial.user_attrs["region"] == 1 and trial.params in REGIONS[1] for trial in trials[:15]) >= 8
    assert {trial.user_attrs["region"] for trial in trials[15:]} == {None}
    assert {trial.params["family"] for trial in trials[15:]} == {"resnet", "convnext"}
    assert len(read_regions(database, study)) == 2


def test_the_second_who_reviews_the_same_moment_reads_on(database, make_study, monkeypatch):
    """Somebody else writes the same version while we look."""
    study = make_study(trials=6, sampler="random", narrow=5)
    config = StudyConfig.load(study.config)
    theirs = Review(5, "search", REGIONS[2])

    def overtaken(*args, **named):
        add_region(database, study, 1, theirs.dump())
        return in_turn(*args, **named)

    monkeypatch.setattr("analysis.regions.narrowing.review_region", overtaken)
    assert worker_of(database, study, trials=5).run() == 5
    said = []
    assert Narrowing(database, study, config, say=said.append).follow() == (1, theirs.region)
    assert said == []
    assert len(read_regions(database, study)) == 1


def test_a_person_sees_what_a_review_would_say_and_nothing_is_written(database, study, reviewed_in_turn):
    review = review_now(database, study, StudyConfig.load(study.config))
    assert (review.by, review.region) == ("person", REGIONS[0])
    assert read_regions(database, study) == []


def test_candidates_are_blind_draws_of_the_whole_space_within_the_budget(database, make_study, monkeypatch):
    seen = []

    def look(trials, wide, history, candidates, **more):
        seen.append((wide, candidates))
        return in_turn(trials, wide, history, candidates, **more)

    monkeypatch.setattr("analysis.regions.narrowing.review_region", look)
    study = make_study(max_flops=6e5)
    config = StudyConfig.load(study.config)
    add_region(database, study, 1, Review(0, "person", REGIONS[1]).dump())
    review_now(database, study, config)
    ((wide, candidates),) = seen
    assert wide.parts.keys() == config.space.domains.keys()
    assert candidates.attrs["flops"].max() <= 6e5
    assert set(candidates.params["family"]) == {"resnet", "convnext"}
    assert candidates.params["train.lr"].max() > 0.009


def test_what_was_excluded_is_looked_at_again_at_once(database, make_study, reviewed_in_turn):
    study = make_study(trials=20, sampler="random", narrow=5)
    worker_of(database, study, trials=6).run()
    narrowing = Narrowing(database, study, StudyConfig.load(study.config), say=print)
    assert narrowing.follow()[0] == 1
    for number in range(2):
        exclude_trial(database, study, number, "trained while the GPU overheated")
    assert narrowing.follow()[0] == 2
    assert narrowing.follow()[0] == 2
