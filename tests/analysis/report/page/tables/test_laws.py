import pytest

from analysis.report.page.tables.laws import laws_table

_LAW = {
    "form": "power",
    "x": "flops",
    "y": "error",
    "params": {"A": 0.8764, "alpha": 0.1163},
    "ci95": {"A": [0.7, 1.1], "alpha": [0.1, None]},
    "status": "converged",
    "reason": "above zero",
    "n": 1_000,
    "holdout": {"error": 0.0123, "baseline_error": 0.0456},
}


def _cells(texts, **other):
    (row,) = laws_table({"laws": [_LAW | other]}).rows
    return texts(row)


def test_a_law_is_told_with_its_numbers(texts):
    assert _cells(texts) == [
        "power law of error over FLOPs",
        "A 0.876 (0.7 to 1.1); alpha 0.116 (0.1 to -)",
        "1,000",
        "converged: above zero",
        "0.012; 0.046",
    ]


def test_a_law_of_two_names_both(texts):
    told = _cells(texts, form="chinchilla", x=["params", "train.data_fraction"])[0]
    assert told == "law in size and data of error over parameters and train.data fraction"


@pytest.mark.parametrize(("other", "numbers"), [({"ci95": None}, "A 0.876; alpha 0.116"), ({"status": "no law"}, "")])
def test_numbers_without_intervals_and_laws_that_do_not_stand(texts, other, numbers):
    assert _cells(texts, **other)[1] == numbers


def test_nothing_held_out_is_empty(texts):
    assert _cells(texts, holdout=None)[4] == ""
