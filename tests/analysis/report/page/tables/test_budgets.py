from analysis.report.page.tables.budgets import budgets_table


def test_budgets_of_one_network_share_a_row(told, complete, heads, texts):
    table = budgets_table(told, complete)
    assert heads(table)[0] == "at most [MFLOPs]"
    assert heads(table)[3:] == ["on the test fold", "MFLOPs", "parameters [k]", "of trials"]
    assert [texts(row)[0] for row in table.rows] == ["1", "3 or 10"]
    assert texts(table.rows[1])[1:] == [
        "resnet (width 16)",
        "0.800|0.780 to 0.820",
        "0.650|0.600 to -",
        "2.5",
        "24.2",
        "2,001",
    ]


def test_a_network_off_the_front_was_not_tested(told, complete, texts):
    told["pareto"] = told["pareto"][:1]
    assert [texts(row)[3] for row in budgets_table(told, complete).rows] == ["0.650|0.600 to -", "n/a"]


def test_columns_without_anything_in_them_are_left_out(told, complete, heads):
    for row in told["recommended"]:
        row["attrs"] = {}
    table = budgets_table(told | {"study": None, "store": None}, complete)
    assert heads(table) == ["at most [MFLOPs]", "the best network", "balanced accuracy", "MFLOPs", "of trials"]
    assert table.rows[0][2].ends == ""


def test_no_recommendation_is_no_rows(told, complete):
    assert budgets_table(told | {"recommended": None}, complete).rows == ()
