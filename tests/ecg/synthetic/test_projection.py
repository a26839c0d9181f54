import numpy as np
import pytest

from ecg.leads import LEADS
from ecg.synthetic import generate
from ecg.synthetic.projection import frontal_axis, independent_leads, twelve_leads


def test_limb_leads_obey_einthoven_exactly():
    lead = {name: i for i, name in enumerate(LEADS)}
    for record in generate(300):
        one, two = record.adc[lead["I"]].astype(int), record.adc[lead["II"]].astype(int)
        np.testing.assert_array_equal(record.adc[lead["III"]], two - one)
        assert np.abs(record.adc[lead["aVR"]] + (one + two) / 2).max() <= 0.5


def test_augmented_leads_are_goldbergers():
    one, two = 300.0, 500.0
    adc = dict(zip(LEADS, twelve_leads(np.array([one, two, *[0.0] * 6])[:, None])[:, 0], strict=True))
    assert (adc["III"], adc["aVR"], adc["aVL"], adc["aVF"]) == (200, -400, 50, 350)


def test_dower_sends_a_leftward_force_to_v5_and_a_backward_force_away_from_v2():
    leads = dict(zip(("I", "II", "V1", "V2", "V3", "V4", "V5", "V6"), independent_leads(np.eye(3)), strict=True))
    assert (leads["V5"][0], leads["II"][1], leads["V2"][2]) == (1.125, 1.066, -1.387)


@pytest.mark.parametrize(
    ("one", "two", "degrees"), [(1.0, 0.0, -30), (1.0, 0.5, 0), (1.0, 1.0, 30), (0.0, 1.0, 90), (-1.0, 0.0, 150)]
)
def test_the_axis_of_the_hexaxial_system(one, two, degrees):
    vector = np.linalg.lstsq(independent_leads(np.eye(3))[:2], np.array([one, two]), rcond=None)[0]
    assert frontal_axis(vector) == pytest.approx(degrees)
