import json

import pytest

from search.cli import demo


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """The demo's steps in seconds instead of minutes."""
    for name, value in {"RECORDS": 150, "TRIALS": 4, "EPOCHS": 1, "MAX_FLOPS": 1e7}.items():
        monkeypatch.setattr(demo, name, value)


def test_the_demo_ends_with_its_findings_and_a_report(tmp_path, capsys):
    out = tmp_path / "demo"
    demo.demo(out)
    said = capsys.readouterr().out
    assert f"The report: {out / 'report' / 'report.html'}" in said
    assert said.count("\n- ") == 3
    report = json.loads((out / "report" / "report.json").read_text())
    assert report["trials"]["complete"] == 4
    assert report["store"]["sources"] == {"north": 75, "south": 75}

    (out / "report" / "report.html").unlink()
    demo.demo(out)  # a second one replaces the first
    assert (out / "report" / "report.html").exists()
