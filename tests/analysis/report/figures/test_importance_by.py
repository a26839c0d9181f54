from analysis.report.figures.importance_by import importance_by_figures


def _row(param, rho, interval, n=50):
    return {"param": param, "spearman": rho, "spearman_ci95": interval, "n": n, "derived": False}


def _figures(by):
    return importance_by_figures({"importance_by": by, "objectives": [{"name": "balanced_accuracy"}]})


def _signs(figure):
    return {(row.group, row.parameter): row.sign for row in figure.data.itertuples()}


def test_families_share_a_row_and_each_group_has_its_sign():
    by = {
        "family=resnet": [_row("resnet.width", 0.5, [0.3, 0.7]), _row("train.lr", -0.4, [-0.6, -0.1])],
        "family=convnext": [_row("convnext.width", -0.5, [-0.7, -0.3]), _row("train.lr", 0.1, [-0.2, 0.4])],
    }
    figure = _figures(by)[0]
    assert figure.name == "importance-by"
    assert _signs(figure) == {
        ("resnet", "width"): "+",
        ("resnet", "train.lr"): "-",
        ("convnext", "width"): "-",
        ("convnext", "train.lr"): "unclear",
    }
    assert "Groups disagree in the sign of width" in figure.told
    assert {trace.marker.symbol for trace in figure.plot.data} == {"square", "diamond", "circle-open"}
    assert {text for trace in figure.plot.data for text in trace.text} == {"+0.50", "-0.40", "-0.50", "+0.10"}


def test_too_few_trials_have_no_clear_sign():
    by = {f"arm={name}": [_row("x", 0.9, [0.8, 0.95], n=20)] for name in "ab"}
    assert set(_signs(_figures(by)[0]).values()) == {"unclear"}


def test_one_group_has_nothing_to_be_compared_with():
    assert _figures({"arm=a": [_row("x", 0.9, [0.8, 0.95])], "arm=b": None}) == []


def test_further_columns_have_figures_of_their_own_names():
    by = {f"{column}={value}": [_row("x", 0.9, [0.8, 0.95])] for column in ("arm", "train.optimizer") for value in "ab"}
    assert [figure.name for figure in _figures(by)] == ["importance-by", "importance-by-train-optimizer"]


def test_groups_are_text():
    figure = _figures({f"arm=<b>{value}": [_row("x", 0.9, [0.8, 0.95])] for value in "ab"})[0]
    assert figure.plot.layout.xaxis.ticktext[0] == "&lt;b&gt;a"
