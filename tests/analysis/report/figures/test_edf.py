from dataclasses import replace

from analysis.report import build_report
from analysis.report.figures.edf import edf_figures


def test_every_part_climbs_to_all_of_its_networks(drawn):
    report, _, figures = drawn(100)
    figure = figures["edf"]
    for trace, row in zip(figure.plot.data, report["edf"], strict=True):
        assert (trace.y[0], trace.y[-1]) == (0, 1)
        assert trace.name == f"{row['value']} ({row['n']})"
    assert len({trace.line.dash for trace in figure.plot.data}) == 2
    data = figure.data[figure.data["part"] == "resnet"]
    assert (data["share"].diff().dropna() > 0).all()


def test_further_columns_have_figures_of_their_own_names(drawn):
    report, _, _ = drawn(100)
    more = [row | {"group": "train.optimizer"} for row in report["edf"]]
    names = [figure.name for figure in edf_figures(report | {"edf": report["edf"] + more})]
    assert names == ["edf", "edf-train-optimizer"]


def test_a_narrowed_space_is_compared_with_the_whole(report_analysis, report_material, region_history):
    analysis = report_analysis(40)
    one_cut = replace(region_history, reviews=region_history.reviews[:2])
    report = build_report(analysis, replace(report_material(40), regions=(one_cut,)))
    inside, whole = report["edf_regions"]
    region = one_cut.current
    expected = sum(analysis.complete.drawn(number) in region for number in analysis.complete.state.index)
    assert (inside["n"], whole["n"]) == (expected, 40)
    assert 8 <= expected < 40
    assert edf_figures(report)[-1].name == "edf-regions"


def test_a_narrowed_space_that_holds_all_networks_is_not(report_analysis, report_material, region_history):
    report = build_report(report_analysis(40), replace(report_material(40), regions=(region_history,)))
    assert report["edf_regions"] is None
    assert report["why"]["edf_regions"].endswith("or all of them")


def test_too_few_networks_are_no_figure(drawn):
    assert "edf" not in drawn(3)[2]
