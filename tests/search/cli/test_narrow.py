"""`ecgscale narrow` over a real history; what the trials say of the region is made up."""

import json

import pytest

from analysis.regions import Change, Evidence, Kind, Region, Review, SubRange, SubSet
from search import region_history
from search.config import StudyConfig
from search.errors import ConfigError
from search.region_history import apply_review
from storage.claims import Result
from storage.leases import claim, finish
from storage.regions import add_region, read_regions

SHORT = Region({"resnet.kernel": SubSet((3, 5))})
CUT = Change(Kind.CUT, "resnet.kernel", SubSet((7,)), SubSet((3, 5)), Evidence(24, 96, strata=4, front_loss=0.0))
WITHDRAWN = Change(Kind.WITHDRAWN, "train.lr", SubRange(0.005, 0.01), None, Evidence(9, 9, why="p = 0.3"))


@pytest.fixture
def finished(database, study, draft):
    """Two trials, so that there is something to look at."""
    for number in range(2):
        got = claim(database, study, "w", draft(f"network {number}"))
        finish(database, got, Result((0.5, 1000.0), {}))
    return study


@pytest.fixture
def look(monkeypatch):
    """Decides what the next look at any region finds; counts how often one looked."""
    looks = []

    def decide(region, *changes):
        def review(trials, wide, history, candidates, *, by="search", seed=0):
            looks.append(len(history))
            return Review(2, by, region, changes, nearest="resnet.kernel 7: 30 are needed")

        monkeypatch.setattr("analysis.regions.review_region", review)
        monkeypatch.setattr("search.candidates.draw_candidates", lambda config, tried: None)
        return looks

    return decide


def test_a_proposal_is_shown_and_nothing_is_applied(command, database, finished, look):
    look(SHORT, CUT)
    out = command("narrow", finished.name)
    assert f"{finished.name}, 2 trials finished, draws from: the whole space" in out
    assert "- resnet.kernel 7 is cut" in out
    assert "    24 trials in that part, 96 outside it" in out
    assert f"ecgscale narrow {finished.name} --apply" in out
    told = json.loads(command("narrow", finished.name, "--json"))
    assert (told["region"], told["proposal"]["region"]) == ({}, {"resnet.kernel": {"values": [3, 5]}})
    assert told["proposal"]["changes"][0]["sentences"][0] == "resnet.kernel 7 is cut"
    assert read_regions(database, finished) == []


def test_what_is_applied_is_a_persons_next_version(command, database, finished, look):
    look(SHORT, CUT)
    out = command("narrow", finished.name, "--apply")
    assert "draws from: resnet.kernel 3 and 5; all of the others" in out
    assert "applied as version 1" in out
    (written,) = read_regions(database, finished)
    assert (written["by"], Region.load(written["region"])) == ("person", SHORT)
    again = json.loads(command("narrow", finished.name, "--apply", "--json"))
    assert again["applied"]["version"] == 2


@pytest.mark.parametrize("option", [(), ("--apply",)])
def test_what_is_not_supported_is_not_applied(command, database, finished, look, option):
    look(Region())
    assert "no cut is supported yet; the nearest is resnet.kernel 7: 30 are needed" in command(
        "narrow", finished.name, *option
    )
    assert read_regions(database, finished) == []


def test_a_withdrawn_proposal_is_told_and_recorded(command, database, finished, look):
    look(Region(), WITHDRAWN)
    assert "p = 0.3" in command("narrow", finished.name)
    out = command("narrow", finished.name, "--apply")
    assert "no cut is supported; the strongest was not confirmed:" in out
    assert "- train.lr 0.005..0.01 stays" in out
    assert [row["changes"][0]["kind"] for row in read_regions(database, finished)] == ["withdrawn"]


@pytest.mark.parametrize("option", [(), ("--apply",), ("--undo",), ("--history",)])
def test_before_the_first_trial_there_is_nothing_to_see(command, database, study, option):
    out = command("narrow", study.name, *option)
    assert "0 trials finished, draws from: the whole space" in out
    assert len(out.splitlines()) == 2
    assert read_regions(database, study) == []


def test_a_worker_that_writes_meanwhile_is_not_overwritten(command, database, finished, look, monkeypatch):
    looks = look(SHORT, CUT)

    def interrupted(*arguments, **options):
        if not looks:
            add_region(database, finished, 1, Review(2, "search", Region()).dump())
        return review(*arguments, **options)

    review = region_history.review_now
    monkeypatch.setattr("search.region_history.review_now", interrupted)
    assert "applied as version 2" in command("narrow", finished.name, "--apply")
    assert looks == [1, 1]


def test_workers_that_write_again_and_again_are_said_to(command, database, finished, look, monkeypatch):
    look(SHORT, CUT)
    monkeypatch.setattr("search.region_history.add_region", lambda *arguments: False)
    assert "pause the study before" in command("narrow", finished.name, "--apply", code=2)


def test_regions_that_are_compared_stay_as_they_are(database, finished):
    config = StudyConfig.load({**finished.config, "arms": {"wide": {}, "narrowed": SHORT.dump()}})
    with pytest.raises(ConfigError, match="compares the regions wide, narrowed"):
        apply_review(database, finished, config)


def test_undoing_is_a_new_version(command, database, finished, look):
    look(SHORT, CUT)
    command("narrow", finished.name, "--apply")
    out = command("narrow", finished.name, "--undo")
    assert "draws from: the whole space" in out
    assert "- the cut of resnet.kernel 7 is undone" in out
    assert [row["version"] for row in read_regions(database, finished)] == [1, 2]
    assert "there is no earlier region to go back to" in command("narrow", finished.name, "--undo")
    assert json.loads(command("narrow", finished.name, "--undo", "--json"))["undone"] is None


def test_the_history_tells_every_region_and_counts_idle_looks(command, database, finished):
    looks = [Review(25, "search", Region()), Review(50, "search", SHORT, (CUT,)), Review(75, "search", SHORT)]
    for version, review in enumerate(looks, start=1):
        add_region(database, finished, version, review.dump())
    out = command("narrow", finished.name, "--history")
    assert "version 2, after 50 trials:\n- resnet.kernel 7 is cut\n    24 trials" in out
    assert "2 looks changed nothing: after 25 (version 1) and 75 (version 3) trials" in out
    told = json.loads(command("narrow", finished.name, "--history", "--json"))["history"]
    assert [(row["version"], len(row["changes"])) for row in told] == [(1, 0), (2, 1), (3, 0)]


def test_only_one_thing_is_done_at_a_time(command, study):
    error = command("narrow", study.name, "--apply", "--undo", code=2)
    assert "only one of --apply, --undo, --history can be done at a time, but got --apply and --undo" in error


def test_a_study_that_is_not_there_is_said_to_be_so(command):
    assert "no study named 'nobody'" in command("narrow", "nobody", code=2)
