import numpy as np
import pytest

from ecg.leads import LEADS, canonical_lead, derivation, locate_leads


@pytest.mark.parametrize(
    ("spelled", "lead"),
    [
        ("avr", "aVR"),
        ("AVR", "aVR"),
        (" v1 ", "V1"),
        ("Lead II", "II"),
        ("ECG_I", "I"),
        ("MDC_ECG_LEAD_AVF", "aVF"),
        ("DIII", "III"),
        ("D1", "I"),
        ("C4", "V4"),
        ("V 1", "V1"),
        ("aV R", "aVR"),
        ("+aVL", "aVL"),
        ("LEAD:II", "II"),
        ("V1 (mV)", "V1"),
        ("channel I", "I"),
        ("V6.", "V6"),
        ("vx", None),
        ("", None),
        ("V10", None),
        ("-aVR", None),
    ],
)
def test_spellings(spelled, lead):
    assert canonical_lead(spelled) == lead


def test_any_two_limb_leads_give_the_other_four():
    one, two = 0.3, 0.5
    truth = {"I": one, "II": two, "III": two - one, "aVR": -(one + two) / 2, "aVL": one - two / 2, "aVF": two - one / 2}
    precordial = {f"V{i}": float(i) for i in range(1, 7)}
    limbs = list(truth)
    for first in limbs:
        for second in limbs:
            if first == second:
                continue
            at_hand = {first: truth[first], second: truth[second]} | precordial
            matrix, derived = derivation(locate_leads(list(at_hand)))
            np.testing.assert_allclose(matrix @ np.array(list(at_hand.values())), [*truth.values(), *range(1, 7)])
            assert derived == tuple(lead for lead in LEADS if lead not in at_hand)
