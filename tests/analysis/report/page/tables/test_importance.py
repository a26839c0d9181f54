from analysis.report.page.tables.importance import importance_by_table, importance_table


def _row(param, permutation, low, *, spearman=None, derived=False):
    doubt = {"permutation_ci95": [low, permutation + 0.1], "spearman_ci95": [None, 0.5]}
    return {"param": param, "permutation": permutation, "spearman": spearman, "derived": derived, "n": 1_200} | doubt


def test_numbers_have_their_intervals_and_categories_no_order(heads, texts):
    rows = [_row("width", 0.3, -0.001, spearman=0.25), _row("params", 0.2, 0.1, derived=True)]
    table = importance_table({"importance": rows})
    assert heads(table)[-1] == "n"
    assert texts(table.rows[0]) == ["width", "0.30|0.00 to 0.40", "+0.25|- to 0.50", "1,200"]
    assert (table.rows[1][0].notes, table.rows[1][2].notes) == (("(follows from the others)",), ("no order",))


def test_groups_say_what_matters_for_sure(texts):
    surrogate = {"n": 40, "cv_pearson_mean": 0.815, "trusted": True, "doubt": None}
    by = {
        "a=1": [_row("width", 0.3, 0.2), _row("depth", 0.2, -0.1), _row("lr", 0.1, 0.01)],
        "a=2": [_row("width", 0.3, -0.2)],
        "a=3": [_row("width", 0.3, 0.2)],
        "a=4": None,
    }
    doubted = surrogate | {"trusted": False, "doubt": "it predicts nothing"}
    table = importance_by_table({"importance_by": by, "surrogate_by": dict.fromkeys(by, surrogate) | {"a=3": doubted}})
    assert texts(table.rows[0]) == ["a=1", "40", "0.81", "width 0.30 (0.20 to 0.40); lr 0.10 (0.01 to 0.20)"]
    assert [texts(row)[3] for row in table.rows[1:]] == ["nothing for sure", "it predicts nothing"]
