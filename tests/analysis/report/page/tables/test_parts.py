from analysis.report.page.tables.parts import parts_table

_PART = {"group": "family", "value": "resnet", "quantiles": {"0.25": 0.25, "0.5": 0.2634, "0.75": 0.278}}
_REST = {
    "mean": {"difference": -0.0123, "ci95": [-0.02, -0.001]},
    "best": {"difference": 0.01, "ci95": [None, None]},
    "ks": {"distance": 0.314, "p_value": 0.0421},
}


def test_a_part_is_compared_with_the_rest(texts):
    (row,) = parts_table({"edf": [_PART | {"n": 1_200, "against_the_rest": _REST}]}).rows
    assert texts(row) == [
        "family resnet",
        "1,200",
        "0.263|half lie in 0.250 to 0.278",
        "-0.0123|-0.02 to -0.001",
        "+0.01|- to -",
        "0.31|p = 0.042",
    ]


def test_a_part_that_cannot_be_compared_says_why_over_all_columns():
    table = parts_table({"edf": [_PART | {"n": 7, "against_the_rest": {"mean": None, "why": "too few"}}]})
    (row,) = table.rows
    assert (row[2].ends, row[-1].notes) == ("", ("too few",))
    assert sum(cell.span for cell in row) == len(table.columns)
