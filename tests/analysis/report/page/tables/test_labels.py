from analysis.report.page.tables.labels import label_groups_table, labels_table


def _group(best, effect):
    told = {"factor": "receptive_field", "unit": "per doubling", "effect": effect, "ci95": [-0.0001, 0.02]}
    return {"group": "rhythm", "labels": ["AF", "AFL"], "n": 2_000, "best": best, "effects": [told]}


def test_a_group_has_its_best_and_its_effects(complete, heads, texts):
    best = {"balanced_accuracy": 0.7, "number": 3, "overall_best": 0, "overall_best_balanced_accuracy": None}
    table = label_groups_table({"label_groups": [_group(best, 0.0101), _group(None, None)]}, complete)
    assert heads(table)[-1] == "receptive field per doubling"
    assert texts(table.rows[0]) == ["rhythm (2)|n = 2,000", "0.700|trial 3", "", "+0.010|0.000 to 0.020"]
    assert texts(table.rows[1])[1:] == ["", "", "n/a"]


def test_a_label_has_its_best_or_why_there_is_none(complete, texts):
    best = {"balanced_accuracy": 0.7, "standard_error": 0.015, "number": 3}
    gain = {"gain": 0.01, "ci95": [-0.01, 0.03]}
    label = {"label": "AF", "group": None, "n_positive": 1_500, "best": best, "gain": gain, "why": None}
    poor = label | {"n_positive": 3, "best": None, "gain": None, "why": "too few positives"}
    exact = label | {"best": best | {"standard_error": None}}
    rows = labels_table({"labels": [label, poor, exact]}, complete).rows
    assert texts(rows[0]) == ["AF", "", "1,500", "0.700 ± 0.015|trial 3", "+0.010|-0.010 to 0.030"]
    assert [cell.sort for cell in rows[0]] == [None, None, 1_500, 0.7, 0.01]
    assert (rows[1][3].notes, rows[1][4].text) == (("too few positives",), "")
    assert rows[2][3].text == "0.700"


def test_no_labels_are_no_rows(complete):
    nothing = {"labels": None, "label_groups": None}
    assert (labels_table(nothing, complete).rows, label_groups_table(nothing, complete).rows) == ((), ())
