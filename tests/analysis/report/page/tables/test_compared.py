from analysis.report.page.tables.compared import compared_budgets_table, compared_settings_table


def test_both_stand_in_one_row(complete, heads, texts):
    best = {"params": {"width": 8}, "values": {"balanced_accuracy": 0.7}, "ci95": [0.6, 0.8]}
    settings = [{"name": "epochs", "first": "5", "second": "-"}]
    budgets = [{"limit": 1e6, "first": best, "second": None}]
    report = {"compared": {"sides": [{"name": "a"}, {"name": "b"}], "budgets": budgets, "settings": settings}}
    table = compared_budgets_table(report, complete)
    assert heads(table)[1:3] == ["a: best trained", "a: balanced accuracy"]
    assert texts(table.rows[0]) == ["1 MFLOPs", "width 8", "0.700|0.600 to 0.800", "none was", ""]
    assert texts(compared_settings_table(report).rows[0]) == ["epochs", "5", "-"]
    assert heads(compared_settings_table(report)) == ["setting", "a", "b"]


def test_one_search_alone_has_nothing_to_compare(complete):
    report = {"compared": None}
    assert (compared_budgets_table(report, complete).rows, compared_settings_table(report).rows) == ((), ())
