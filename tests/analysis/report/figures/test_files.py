import json

import pandas as pd
import pytest

from analysis.report import build_report, write_report
from analysis.report.figures.files import earlier_files


@pytest.fixture
def write(report_analysis, report_material, tmp_path):
    return lambda n: write_report(build_report(report_analysis(n), report_material(n)), report_analysis(n), tmp_path)


def test_each_figure_is_a_picture_and_a_table_that_the_report_names(write):
    files = write(100)
    rows = json.loads(files.data.read_text())["figures"]
    assert {row["name"] for row in rows} >= {"pareto", "importance", "surrogate", "law", "scaling", "edf", "spent"}
    for row in rows:
        assert (files.figures / f"{row['name']}.svg").read_text().startswith("<?xml")
        assert len(pd.read_csv(files.figures / f"{row['name']}.csv"))
        assert row["title"]
        assert row["told"].endswith(".")


def test_figures_of_an_older_report_go_and_a_users_files_stay(write):
    mine = write(100).figures / "mine.svg"
    mine.write_text("mine")
    files = write(1)
    assert mine.read_text() == "mine"
    assert {file.stem for file in files.figures.iterdir()} == {"mine", "pareto", "spent"}


@pytest.mark.parametrize(
    "told", ["", "[]", '{"figures": 3}', '{"figures": [1, {"name": "../secret"}, {"name": 4}]}', '{"figures": null}']
)
def test_what_is_no_list_of_ours_names_no_file(told, tmp_path):
    path = tmp_path / "report.json"
    path.write_text(told)
    assert earlier_files(path) == frozenset()
    assert earlier_files(tmp_path / "none.json") == frozenset()
