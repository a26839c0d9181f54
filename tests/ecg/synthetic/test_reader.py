from collections import Counter
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from ecg.labels import CHALLENGE
from ecg.synthetic import DEVICES, generate
from ecg.synthetic.heart import draw_heart
from ecg.synthetic.reader import read
from ecg.synthetic.rhythm import draw_beats

NAME = {label.codes[0]: label.name for label in CHALLENGE.labels}
RHYTHMS = {"NSR", "AF", "SB", "STach"}
CLASSES = RHYTHMS | {"LBBB", "RBBB", "IAVB", "PVC", "PAC", "LAD", "RAD", "TInv"}


@pytest.fixture(scope="module")
def labels():
    """Names of the labels of the first 1,000 records; labels do not depend on what records the signal."""
    return [{NAME[code] for code in r.codes} for r in generate(1000, devices=[replace(DEVICES[0], rate=50)])]


def test_twelve_classes_have_fifty_to_five_hundred_positives_in_a_thousand(labels):
    counts = Counter(name for names in labels for name in names)
    assert set(counts) == CLASSES
    assert min(counts.values()) >= 50
    assert max(counts.values()) <= 500


def test_every_record_has_one_rhythm(labels):
    assert all(len(names & RHYTHMS) == 1 for names in labels)


@pytest.mark.parametrize("pair", [("LBBB", "RBBB"), ("LAD", "RAD"), ("AF", "IAVB"), ("AF", "PAC"), ("LBBB", "TInv")])
def test_classes_that_exclude_each_other(labels, pair):
    assert not any(names.issuperset(pair) for names in labels)


def test_all_other_classes_combine(labels):
    lone = {frozenset(pair) for pair in [("LBBB", "RBBB"), ("LAD", "RAD"), ("LBBB", "TInv"), ("LBBB", "RAD")]}
    pairs = {frozenset(pair) for pair in combinations(sorted(CLASSES - RHYTHMS), 2)} - lone
    seen = {frozenset(pair) for names in labels for pair in combinations(sorted(names), 2)}
    assert pairs <= seen
    assert any(len(names) >= 5 for names in labels)


def _reported(axis, count=2000):
    """Shares of readers who report an axis deviation of one heart whose axis is given."""
    rng = np.random.default_rng(0)
    heart = replace(draw_heart(rng), rhythm="NSR", diseases=frozenset({"TInv"}))
    beats = draw_beats(heart, 10.0, rng)
    counts = Counter(NAME[code] for _ in range(count) for code in read(heart, beats, axis, rng))
    return {name: counts[name] / count for name in CLASSES}


def test_readers_miss_some_findings_and_report_some_that_are_not_there():
    shares = _reported(axis=40.0)
    assert shares["NSR"] == 1
    assert shares["TInv"] == pytest.approx(0.96, abs=0.015)
    for absent in ("LAD", "RAD", "IAVB", "RBBB", "PVC"):
        assert shares[absent] == pytest.approx(0.015, abs=0.01)
    assert shares["LBBB"] == 0  # it would exclude the T-wave inversion


@pytest.mark.parametrize(
    ("axis", "name", "share"),
    [
        (-60, "LAD", 0.96),
        (-30, "LAD", 0.49),
        (-10, "LAD", 0.015),
        (120, "RAD", 0.96),
        (90, "RAD", 0.49),
        (70, "RAD", 0.015),
        (-150, "RAD", 0.015),
    ],
)
def test_axis_deviation_begins_at_minus_thirty_and_ninety_degrees_and_blurs_there(axis, name, share):
    assert _reported(axis)[name] == pytest.approx(share, abs=0.04)


def test_a_premature_beat_that_was_not_recorded_is_not_read():
    rng = np.random.default_rng(0)
    heart = replace(draw_heart(rng), rhythm="SB", diseases=frozenset({"PVC"}))
    blink, minute = draw_beats(heart, 1.0, rng), draw_beats(heart, 60.0, rng)
    assert blink.premature() == set()
    assert minute.premature() == {"PVC"}
    read_in_a_blink = [read(heart, blink, 40.0, rng) for _ in range(500)]
    assert np.mean(["427172004" in codes for codes in read_in_a_blink]) < 0.05
