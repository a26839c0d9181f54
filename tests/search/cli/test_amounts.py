import pytest

from search.cli.amounts import parse_amount
from search.errors import ConfigError


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("20M", 20e6), ("1.5G", 1.5e9), ("2e7", 2e7), ("500k", 5e5), (" 3 T ", 3e12), ("0", 0), ("-1", -1)],
)
def test_an_amount_is_read_as_it_is_written(typed, amount):
    assert parse_amount(typed) == amount


@pytest.mark.parametrize("typed", ["", "M", "20 MFLOPs", "1_0X", "twenty"])
def test_anything_else_is_refused_with_the_form(typed):
    with pytest.raises(ConfigError, match="an amount is a number such as 20M"):
        parse_amount(typed)
