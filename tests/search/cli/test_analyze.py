import json
import math
import random

import pytest

HEADER = "family,depth,width,accuracy,flops"
OBJECTIVES = ("--maximize", "accuracy", "--minimize", "flops", "--log", "flops")


def _lines(n=60):
    rng = random.Random(0)
    for _ in range(n):
        family, depth, width = rng.choice(["plain", "dense"]), rng.randint(2, 12), 2 ** rng.randint(3, 8)
        flops = 50 * depth * width**2
        yield f"{family},{depth},{width},{1 - 2 * flops**-0.2 * math.exp(rng.gauss(0, 0.05)):.4f},{flops}"


@pytest.fixture
def table(tmp_path):
    def write(*lines):
        path = tmp_path / "trials.csv"
        path.write_text("\n".join([HEADER, *lines]) + "\n")
        return path

    return write


def test_a_table_has_a_report_as_a_study_has(command, table, tmp_path):
    params = ("--param", "depth", "--param", "width", "--group", "family")
    out = command("analyze", table(*_lines()), *OBJECTIVES, *params, "--out", tmp_path / "report")
    assert "The best of 60 networks is" in out
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert report["study"] is report["store"] is None
    assert report["why"]["study"] == "these trials come from a table, not from a study"
    assert {row["param"] for row in report["importance"]} == {"depth", "width"}
    assert set(report["importance_by"]) == {"family=plain", "family=dense"}
    assert report["importance"][0]["shap"] > 0
    assert report["laws"][0]["status"] == "converged"
    assert "trials.csv" in (tmp_path / "report" / "report.html").read_text()


def test_its_own_table_gives_the_same_report_again(command, table, tmp_path):
    first, again = tmp_path / "first", tmp_path / "again"
    command("analyze", table(*_lines(30)), *OBJECTIVES, "--param", "depth", "--param", "family", "--out", first)
    command("analyze", first / "trials.csv", *OBJECTIVES, "--out", again)
    made, remade = (json.loads((out / "report.json").read_text()) for out in (first, again))
    assert made["importance"] == remade["importance"]
    assert made["hypervolume"] == remade["hypervolume"]
    assert [one["values"] for one in made["pareto"]] == [one["values"] for one in remade["pareto"]]


def test_the_published_front_and_its_hypervolume(command, shared, tmp_path):
    published = json.loads((shared / "reference/pareto/published.json").read_text())["imagenet_models.csv"]
    corner = [f"--reference={name}={at}" for name, at in published["hypervolume"]["reference"].items()]
    objectives = ("--minimize", "top1_err", "--minimize", "infer_gmacs")
    command("analyze", shared / "reference/pareto/imagenet_models.csv", *objectives, *corner, "--out", tmp_path)
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["trials"]["complete"] == published["rows"]
    assert len(report["pareto"]) == published["front_size"]
    assert report["hypervolume"]["value"] == pytest.approx(published["hypervolume"]["value"], abs=1e-4)


@pytest.mark.parametrize(
    ("lines", "options", "sentence"),
    [
        (["plain,2,8,good,100"], OBJECTIVES, "line 2: accuracy is 'good', which is no number"),
        (["plain,2,8,0.5,100"], OBJECTIVES, "1 complete trial in 1 line"),
        (["plain,2,8,0.5,100"] * 3, OBJECTIVES, "there is nothing to explain"),
        (["plain,2,8,inf,100"] * 3, OBJECTIVES, "line 2: accuracy is inf, which is not finite"),
        (["plain,2,8,0.5,0"] * 3, OBJECTIVES, "line 2: flops is 0, and a logarithm needs numbers above 0"),
        (["plain,2,8,,100"] * 3, OBJECTIVES, "0 complete trials in 3 lines"),
        (["plain,2,8,0.5"], OBJECTIVES, "line 2: 4 cells, but the header names 5 columns"),
        ([], OBJECTIVES, "nothing below it"),
        (list(_lines(3)), ("--maximize", "acuracy"), "did you mean 'accuracy'?"),
        (list(_lines(3)), (*OBJECTIVES, "--param", "depths"), "did you mean 'depth'?"),
        (list(_lines(3)), (*OBJECTIVES, "--group", "source"), "no column 'source'"),
        (list(_lines(3)), (), "--maximize COLUMN or --minimize COLUMN"),
        (list(_lines(3)), (*OBJECTIVES, "--reference", "auc=1"), "the reference names 'auc'"),
        (list(_lines(3)), (*OBJECTIVES, "--reference", "flops"), "a reference is OBJECTIVE=VALUE"),
    ],
)
def test_a_malformed_table_ends_with_one_sentence_and_loses_nothing(command, table, tmp_path, lines, options, sentence):
    error = command("analyze", table(*lines), *options, "--out", tmp_path / "report", code=2)
    assert sentence in error
    assert error.startswith("ecgscale: ")
    assert error.count("\n") == 1
    assert not (tmp_path / "report").exists()


def test_the_table_itself_is_never_replaced(command, table):
    path = table(*_lines(30))
    assert "choose another --out" in command("analyze", path, *OBJECTIVES, "--out", path.parent, code=2)


def test_markup_in_a_table_is_text_everywhere(command, tmp_path):
    link = "<a href=https://evil.example/>log in</a>"
    path = tmp_path / "t.csv"
    rows = "".join(f"{link if i % 2 else 'b'},{i % 5},0.{i},{i}e3\n" for i in range(11, 80))
    path.write_text(f"group,width,accuracy,flops\n{rows}")
    command("analyze", path, *OBJECTIVES, "--param", "width", "--group", "group", "--out", tmp_path / "out")
    assert "<a href=https://evil" not in (tmp_path / "out" / "report.html").read_text()
