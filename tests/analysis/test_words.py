import pytest

from analysis.words import amount, counted, falling_power, listed, network, score, share, shown, time_unit


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "none"), (True, "true"), (False, "false"), (8, "8"), (1.4, "1.4"), (1e-6, "1e-06"), ("basic", "basic")],
)
def test_any_value_of_a_parameter_has_words(value, words):
    assert shown(value) == words


def test_a_network_is_told_by_its_own_numbers():
    params = {"family": "regnet", "regnet.w_m": 1.4, "regnet.se_ratio": None, "train.lr": 0.01}
    assert network(params) == "regnet (w_m 1.4, se_ratio none)"
    assert network({"family": "vit", "train.lr": 0.01}) == "vit"


def test_a_network_of_a_table_is_told_by_all_that_is_known_of_it():
    assert network({"depth": 18, "width": 64.0}) == "depth 18, width 64"
    assert network({"family": "tf", "depth": 18}) == "tf (depth 18)"
    assert network({}) == "network"


@pytest.mark.parametrize(
    ("value", "name", "words"),
    [
        (11_560_000, "flops", "11.6 MFLOPs"),
        (999_999, "flops", "1 MFLOPs"),
        (12, "flops", "12 FLOPs"),
        (1_234, "params", "1.23 k parameters"),
        (4.1234, "infer_gmacs", "4.123 infer gmacs"),
    ],
)
def test_amounts_have_three_digits_and_a_unit(value, name, words):
    assert amount(value, name) == words


def test_small_words():
    assert (score(0.84213), score(84.213), score(0.00012345), score(0.0)) == ("0.842", "84.21", "0.000123", "0.000")
    assert (counted(1, "network"), counted(2000, "network")) == ("1 network", "2,000 networks")
    assert (listed(["a"]), listed(["a", "b", "c"])) == ("a", "a, b and c")


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.93, "93 %"), (0.0345, "3.5 %"), (0.004, "0.4 %"), (1, "100 %"), (0, "0 %"), (0.0999, "10 %")],
)
def test_shares_are_told_in_per_cent(value, words):
    assert share(value) == words


def test_a_power_that_falls_lies_within_its_interval():
    assert falling_power(0.163, (0.158, 0.172)) == "-0.163, 95 % interval -0.172 to -0.158"


@pytest.mark.parametrize(
    ("seconds", "unit"), [(0, "seconds"), (119, "seconds"), (5_400, "minutes"), (7_200, "hours"), (200_000, "days")]
)
def test_a_time_is_read_in_at_least_two_of_its_unit(seconds, unit):
    assert time_unit(seconds)[0] == unit
