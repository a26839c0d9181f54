from analysis.analyze import analyze
from analysis.from_table import Roles, trials_of
from analysis.question import Question
from analysis.report import Material, build_report
from analysis.report.figures import draw_figures
from analysis.table import read_table


def test_columns_that_differ_in_signs_alone_have_figures_of_their_own(tmp_path):
    lines = [f"{i % 2},{i % 3},{i % 2},{0.5 + i / 100},{100 + i}" for i in range(24)]
    (tmp_path / "t.csv").write_text("z,opt.x,opt_x,score,cost\n" + "\n".join(lines) + "\n")
    groups = ["z", "opt.x", "opt_x"]
    roles = Roles(maximize=["score"], minimize=["cost"], params=["z"], groups=groups)
    analysis = analyze(trials_of(read_table(tmp_path / "t.csv"), roles), Question(groups=groups, shap=False))
    names = [figure.name for figure in draw_figures(build_report(analysis, Material("t")), analysis.complete)]
    assert [name for name in names if name.startswith("pareto")] == ["pareto", "pareto-opt-x", "pareto-opt-x-2"]
    assert len(set(names)) == len(names)
