from analysis.report.page.tables.recommended import recommended_table


def test_without_candidates_nothing_untried_is_shown(told, complete, heads, texts):
    table = recommended_table(told, complete)
    tried = ["at most [MFLOPs]", "best that was trained", "balanced accuracy", "expected of it by the others"]
    assert heads(table) == tried
    assert texts(table.rows[0]) == ["1", "trial 0: resnet (width 8)", "0.700|0.680 to 0.720", ""]


def test_a_candidate_stands_beside_the_best(told, complete, texts):
    known = {"family": "resnet", "resnet.width": 8, "train.lr": 0.5}
    candidate = {"params": known, "predicted": 0.72, "predicted_ci95": [0.7, 0.74]}
    promising = {"candidates": 3_000, "try_candidate": True, "candidate": candidate}
    told["recommended"][0] |= promising | {"predicted": 0.69, "predicted_ci95": None}
    told["recommended"][2]["candidates"] = 3_000
    first, second = recommended_table(told, complete).rows[:2]
    assert texts(first)[3:] == ["0.690", "resnet (width 8)", "0.720|0.700 to 0.740"]
    assert first[4].notes == ("The network is not new: 3 trials trained it otherwise.",)
    assert (texts(second)[4:], second[4].notes) == (["", ""], ("none of 3,000",))
