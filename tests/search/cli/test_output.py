from analysis.report import ReportFiles
from search.cli.output import print_findings


def test_a_finding_of_a_source_is_one_line(tmp_path, capsys):
    files = ReportFiles(*[tmp_path] * len(ReportFiles.__dataclass_fields__))
    print_findings({"findings": ["first"], "claims": [{"sentence": "reproduced: it is so (n = 3)"}]}, files)
    print_findings({"findings": [], "claims": None}, files)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["- first", "reproduced: it is so (n = 3)"]
    assert len(lines) == 4
