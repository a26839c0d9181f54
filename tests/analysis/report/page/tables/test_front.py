from analysis.report.page.tables.front import front_table

_FURTHER = ["on the test fold", "parameters [k]", "stays on the front [%]"]


def test_numbers_are_in_the_unit_of_their_column(told, complete, heads, texts):
    table = front_table(told, complete)
    assert heads(table) == ["trial", "network", "balanced accuracy", _FURTHER[0], "MFLOPs", *_FURTHER[1:]]
    assert texts(table.rows[1]) == [
        "3",
        "resnet (width 16)",
        "0.800|0.780 to 0.820",
        "0.650|0.600 to -",
        "2.5",
        "24.2",
        "87",
    ]
    assert [cell.sort for cell in table.rows[1]] == [3, None, 0.8, 0.65, 2.5e6, 24_200, 0.874]


def test_a_folded_row_says_what_else_trained_the_network(told, complete):
    first, second = (row[1] for row in front_table(told, complete).rows)
    assert first.notes == ("As good: trial 1, lr 0.2.", "And 1 more training of it: 0.600")
    assert second.notes == ()
    assert first.details.paragraphs == ("lr 0.1, epochs 5, batch 32, precision fp32.", "ECE 0.0312.")


def test_several_more_trainings_have_a_range(told, complete):
    better = told["pareto"][0] | {"values": {"balanced_accuracy": 0.75, "flops": 1e6}}
    told["pareto"] = [told["pareto"][2], better]
    notes = front_table(told, complete).rows[1][1].notes
    assert notes == ("And 2 more trainings of it: 0.600 to 0.700",)


def test_a_table_from_elsewhere_has_no_test_fold_no_sizes_and_no_probability(told, complete, heads):
    told |= {"study": None, "store": None, "why": {"pareto.front_probability": "no interval"}}
    table = front_table(told, complete)
    assert heads(table) == ["trial", "network", "balanced accuracy", "MFLOPs"]
    assert {len(row) for row in table.rows} == {4}


def test_what_is_missing_is_not_made_up(told, complete, texts):
    first = told["pareto"][2]
    first["test"], first["attrs"] = None, {"arm": "wide"}
    told["pareto"][0]["attrs"]["arm"] = None
    rows = front_table(told, complete).rows
    assert texts(rows[1]) == ["3", "resnet (width 16)", "0.800", "n/a", "2.5", "", "87", "wide"]
    assert texts(rows[0])[-1] == ""


def test_no_front_is_no_rows(told, complete):
    assert front_table(told | {"pareto": []}, complete).rows == ()
