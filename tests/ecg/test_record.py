import math

import pytest

from ecg.record import plausible_age


@pytest.mark.parametrize(("said", "age"), [("57", 57), (0, 0), ("300", None), (-1, None), ("NaN", None), ("", None)])
def test_what_is_no_age_is_missing(said, age):
    found = plausible_age(said)
    assert math.isnan(found) if age is None else found == age
