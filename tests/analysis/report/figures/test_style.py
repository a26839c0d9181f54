import math

import pytest

from analysis.report.figures.style import file_name, log_axis, log_ticks, name_on_axis, rounded, see_through


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (8e4, 1.1e5, [80e3, 85e3, 90e3, 95e3, 100e3, 105e3, 110e3]),
        (1e6, 1e8, [1e6, 2e6, 5e6, 1e7, 2e7, 5e7, 1e8]),
        (0.9e6, 1.1e9, [1e6, 3e6, 1e7, 3e7, 1e8, 3e8, 1e9]),
        (1, 1e6, [1, 10, 100, 1000, 1e4, 1e5, 1e6]),
        (1, 1e9, [1, 100, 1e4, 1e6, 1e8]),
        (0.11, 0.24, [0.12, 0.14, 0.16, 0.18, 0.2, 0.22, 0.24]),
    ],
)
def test_a_log_axis_has_few_and_round_ticks(low, high, ticks):
    assert log_ticks(low, high) == pytest.approx(ticks)


def test_a_log_axis_holds_all_values_and_names_its_ticks_shortly():
    axis = log_axis([2e5, 4e6])
    low, high = axis["range"]
    assert low < math.log10(2e5) < math.log10(4e6) < high
    assert axis["ticktext"] == ["200k", "500k", "1M", "2M"]
    assert len(log_axis([2e5])["tickvals"]) >= 1


def test_numbers_are_short_and_a_gap_is_none():
    assert rounded([0.123456789, 12345678.9, float("nan"), None, 3.0]) == [0.12346, 12346000, None, None, 3]


def test_a_name_on_an_axis_is_short_and_without_markup():
    assert name_on_axis("<b>") == "&lt;b&gt;"
    assert len(name_on_axis("x" * 100)) == 24


def test_a_column_of_any_name_can_be_a_file():
    assert file_name("pareto", "train.optimizer") == "pareto-train-optimizer"
    assert file_name("pareto", "../<Größe> /x") == "pareto-gr-e-x"
    assert file_name("pareto", "../") == "pareto-column"


def test_a_colour_lets_through_what_lies_behind():
    assert see_through("#0072B2", 0.25) == "rgba(0, 114, 178, 0.25)"
