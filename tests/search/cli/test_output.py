from analysis.report import ReportFiles
from search.cli.output import print_findings


def test_a_finding_of_a_source_is_one_line(tmp_path, capsys):
    files = ReportFiles(*[tmp_path] * len(ReportFiles.__dataclass_fields__))
    claims = [{"sentence": "reproduced: it is so (n = 3)"}]
    print_findings({"findings": ["first"], "claims": claims, "compared": None}, files)
    print_findings({"findings": [], "claims": None, "compared": None}, files)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["- first", "reproduced: it is so (n = 3)"]
    assert len(lines) == 4


def test_a_name_from_a_table_breaks_no_line_and_commands_no_terminal(tmp_path, capsys):
    files = ReportFiles(*[tmp_path] * len(ReportFiles.__dataclass_fields__))
    print_findings({"findings": ["a\nb \x1b[31mred"], "claims": None, "compared": {"sentences": ["c\td"]}}, files)
    assert capsys.readouterr().out.splitlines()[:2] == ["- a b [31mred", "- c d"]
