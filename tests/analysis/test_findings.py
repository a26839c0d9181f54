import pytest

from analysis.findings import network, shown


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "none"), (True, "true"), (False, "false"), (8, "8"), (1.4, "1.4"), (1e-6, "1e-06"), ("basic", "basic")],
)
def test_any_value_of_a_parameter_has_words(value, words):
    assert shown(value) == words


def test_a_network_is_told_by_its_own_numbers():
    params = {"family": "regnet", "regnet.w_m": 1.4, "regnet.se_ratio": None, "train.lr": 0.01}
    assert network({"params": params}) == "regnet (w_m 1.4, se_ratio none)"
