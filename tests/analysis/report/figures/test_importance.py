from analysis.report.figures.importance import importance_figures

ROW = {"param": "x", "n": 40, "permutation": 0.3, "permutation_ci95": [0.2, 0.4], "derived": False}
ROW |= {"spearman": 0.5, "spearman_ci95": [0.2, 0.7]}


def _figure(*rows, direction="maximize"):
    report = {"surrogate": {"n": 40}, "objectives": [{"direction": direction}]}
    return importance_figures(report | {"importance": [ROW | row for row in rows]})[0]


def test_the_direction_is_told_by_arrow_pattern_and_name_not_by_colour_alone():
    down = {"param": "y", "spearman": -0.5, "spearman_ci95": [-0.7, -0.2]}
    figure = _figure({}, down)
    assert [bar.name for bar in figure.plot.data] == ["more is better", "less is better"]
    assert len({bar.marker.pattern.shape for bar in figure.plot.data}) == 2
    assert list(figure.plot.layout.yaxis.ticktext) == ["x<br>▲ ρ +0.50", "y<br>▼ ρ -0.50"]


def test_of_an_error_a_positive_correlation_is_worse():
    assert _figure({}, direction="minimize").data["direction"].tolist() == ["less is better"]


def test_a_correlation_whose_interval_holds_zero_has_no_direction_and_a_choice_none_at_all():
    figure = _figure({"spearman_ci95": [-0.1, 0.7]}, {"param": "y", "spearman": None, "spearman_ci95": None})
    assert figure.data["direction"].tolist() == ["direction not clear", "no rank correlation"]
    assert figure.plot.layout.yaxis.ticktext[1] == "y"


def test_bars_have_their_intervals_and_the_words_their_numbers():
    figure = _figure({})
    bar = figure.plot.data[0]
    assert (bar.x[0], bar.error_x.array[0], bar.error_x.arrayminus[0]) == (0.3, 0.1, 0.1)
    assert "x 0.300 (0.200 to 0.400), more is better (ρ +0.50)" in figure.told
    assert "in 40 trials" in figure.told


def test_derived_numbers_are_not_ranked_with_parameters():
    assert _figure({}, {"param": "flops", "derived": True}).data["parameter"].tolist() == ["x"]


def test_names_are_text():
    figure = _figure({"param": "<b>"})
    assert figure.plot.layout.yaxis.ticktext[0].startswith("&lt;b&gt;")
    assert figure.data["parameter"].tolist() == ["<b>"]


def test_no_ranking_is_no_figure():
    assert importance_figures({"importance": None}) == []
