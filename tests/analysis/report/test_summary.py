"""A report in a screen of Markdown."""

from dataclasses import replace

from analysis.report import build_report
from analysis.report.summary import summary
from analysis.words import markdown


def test_counts_findings_and_front_are_told(report_analysis, report_material):
    report = build_report(report_analysis(100), report_material(100))
    lines = summary(report).splitlines()
    assert lines[0] == "**100 complete, 1 failed**"
    assert lines[2] == f"- {markdown(report['findings'][0])}"
    rows = [line for line in lines if line.startswith("| ")][1:]
    best = report["pareto"][-1]
    assert len(rows) == min(len(report["pareto"]), 8)
    assert rows[-1].startswith(f"| {best['number']} | {best['params']['family']} ")
    low, high = best["attrs"]["balanced_accuracy_ci95"]
    assert f"({low:.3f} to {high:.3f})" in rows[-1]


def test_a_report_of_nothing_says_so(report_analysis, report_material):
    assert summary(build_report(report_analysis(0), report_material(0))) == (
        "**0 complete, 1 failed**\n\n- No trial is complete yet: there is nothing to say.\n"
    )


def test_what_a_name_holds_stays_text(report_analysis, report_material):
    report = build_report(report_analysis(3), replace(report_material(3), name="x"))
    report["pareto"][0]["params"] = {"family": "<img src=x> | [a](javascript:b) $x$ http://c"}
    row = next(line for line in summary(report).splitlines() if "img" in line)
    assert r"\<img src=x\> \| \[a\](javascript:b) \$x\$ http\://c" in row
    assert row.replace(r"\|", "").count("|") == 5


def test_a_mark_of_markdown_is_escaped_and_lines_are_joined():
    assert markdown("a_b\n*c*") == r"a\_b \*c\*"
