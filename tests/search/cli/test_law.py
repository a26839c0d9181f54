import json
import subprocess
import sys
from functools import partial

import numpy as np
import pytest

POWER = ("--form", "power", "--x", "flops", "--y", "error")
CHINCHILLA = ("--form", "chinchilla", "--size", "size", "--data", "data", "--loss", "loss")


@pytest.fixture
def run(command):
    return partial(command, "law")


@pytest.fixture
def write(tmp_path):
    """Writes columns as a table; its path."""

    def write(**columns):
        path = tmp_path / "runs.csv"
        rows = zip(*columns.values(), strict=True)
        path.write_text("\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]) + "\n")
        return path

    return write


@pytest.fixture
def power_runs(write):
    rng = np.random.default_rng(0)
    flops = np.geomspace(1e6, 1e9, 40)
    return write(flops=flops, error=3 * flops**-0.2 * np.exp(rng.normal(0, 0.02, 40)))


def test_the_published_points_give_the_published_law(run, shared):
    reference = shared / "reference/scaling"
    optimum = json.loads((reference / "published.json").read_text())["chinchilla_points.csv"]["optimum"]
    columns = ("--size", "Model Size", "--flops", "Training FLOP", "--loss", "loss")
    out = run(reference / "chinchilla_points.csv", "--form", "chinchilla", *columns, "--drop-worst", 5, "--json")
    law = json.loads(out)
    assert law.keys() >= {"form", "n", "objective", "params", "ci95", "status", "holdout"}
    assert (law["form"], law["n"], law["status"]) == ("chinchilla", 240, "converged")
    assert law["objective"] <= optimum["objective"] * (1 + 1e-9)
    assert law["params"].keys() == law["ci95"].keys() == {"E", "A", "alpha", "B", "beta"}
    for name in ("E", "alpha", "beta"):
        assert law["params"][name] == pytest.approx(optimum[name], abs=1e-3)
    assert law["holdout"]["error"] < law["holdout"]["baseline_error"]
    assert law["dropped"] == {"count": 5, "rule": "the largest y"}


def test_data_may_be_a_column_of_its_own(run, write):
    rng = np.random.default_rng(0)
    size, data = 10 ** rng.uniform(5, 8, 60), 10 ** rng.uniform(7, 10, 60)
    path = write(size=size, data=data, loss=0.3 + 20 / size**0.4 + 90 / data**0.3)
    law = json.loads(run(path, *CHINCHILLA, "--bootstrap", 50, "--json"))
    truth = {"E": 0.3, "A": 20, "B": 90, "alpha": 0.4, "beta": 0.3}
    assert law["params"] == pytest.approx(truth, rel=1e-4)


def test_a_power_law_is_told_in_words(run, power_runs):
    lines = run(power_runs, *POWER).splitlines()
    assert lines[0] == "power law of error over flops: converged"
    assert any(line.strip().startswith("error = ") and "* flops^-0." in line for line in lines)
    assert any(line.split()[0] == "alpha" and "95 % interval 0.1" in line for line in lines if line)
    held = next(line for line in lines if line.startswith("held out: 13 points with flops above"))
    assert "the baseline (no better than the best so far) by" in held


def test_an_offset_is_told_with_its_saturation(run, write):
    flops = np.geomspace(1e6, 1e13, 60)
    noise = np.exp(np.random.default_rng(0).normal(0, 0.01, 60))
    path = write(flops=flops, error=(0.1 + 20 * flops**-0.3) * noise)
    out = run(path, "--form", "power-offset", *POWER[2:])
    assert "power-offset law of error over flops: converged" in out
    assert "saturation: beyond flops = " in out
    assert "within these points, doubling it lowers error by less than 1%" in out
    law = json.loads(run(path, "--form", "power-offset", *POWER[2:], "--json"))
    assert law["params"].keys() == {"E", "A", "alpha"}
    assert law["saturation"]["reached"] is True


def test_a_curve_without_an_offset_shows_no_saturation(run, power_runs):
    out = run(power_runs, "--form", "power-offset", *POWER[2:])
    assert "no sign of saturation" in out
    assert "converged" not in out


def test_rows_with_blank_cells_are_left_out_and_counted(run, write, power_runs):
    with power_runs.open("a") as file:
        file.write("1e7,\n,0.5\n")
    assert "left out: 2 rows with a blank cell" in run(power_runs, *POWER)
    law = json.loads(run(power_runs, *POWER, "--json"))
    assert (law["n"], law["left_out"]) == (40, 2)


def test_too_few_points_are_a_status_and_no_error(run, write):
    path = write(flops=[1e6, 1e7, 1e8], error=[0.3, 0.2, 0.1])
    assert "power law of error over flops: too few points" in run(path, *POWER)
    law = json.loads(run(path, *POWER, "--json"))
    assert (law["status"], law["params"], law["objective"], law["holdout"]) == ("too few points", {}, None, None)


def test_a_seed_repeats_itself_and_another_does_not(run, power_runs):
    first, second, other = (run(power_runs, *POWER, "--seed", seed, "--json") for seed in (1, 1, 2))
    assert first == second
    assert json.loads(first)["ci95"] != json.loads(other)["ci95"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--form", "power", "--x", "flop", "--y", "error"), "has no column 'flop'; did you mean 'flops'?"),
        (("--form", "power", "--x", "flops"), "--form power takes --x and --y, but --y is missing"),
        (("--form", "power", "--size", "flops", "--y", "error"), "takes --x and --y, but got --size"),
        ((*CHINCHILLA, "--flops", "flops"), "by --data or by --flops, but got both"),
        ((*CHINCHILLA, "--x", "flops"), "takes --size, --data (or --flops) and --loss, but got --x"),
        ((*CHINCHILLA[:4], "--loss", "error"), "but --data is missing; name its column"),
        ((*POWER, "--drop-worst", "41"), "41 points were to be dropped, but there are 40"),
        ((*POWER, "--drop-worst", "-1"), "rows to drop are 0 or more, but got -1"),
        ((*POWER, "--bootstrap", "0"), "at least 20 bootstrap draws, but got 0"),
        ((*POWER, "--huber-delta", "0"), "Huber's delta is a number above 0, but got 0"),
    ],
)
def test_options_that_do_not_fit_are_one_sentence(run, power_runs, arguments, message):
    error = run(power_runs, *arguments, code=2)
    assert error.startswith("ecgscale: ")
    assert message in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(
    ("flops", "error", "message"),
    [
        ([1e6, "many", 1e8], [0.3, 0.2, 0.1], "line 3: flops is 'many', which is no number"),
        ([1e6, 1e7, "inf"], [0.3, 0.2, 0.1], "line 4: flops is inf, which is not finite"),
        ([1e6, 1e7, 1e8], [0.3, 0, 0.1], "line 3: error is 0, and a logarithm needs numbers above 0"),
        ([1e6], [0.3], "at least two rows with a number in every column it uses, but got 1"),
        ([1e6, 1e6], [0.3, 0.2], "values that differ, but column 'flops' is 1e+06 in every row"),
        ([1e6, 1e7], [0.3, 0.3], "values that differ, but column 'error' is 0.3 in every row"),
    ],
)
def test_numbers_that_cannot_be_used_are_one_sentence(run, write, flops, error, message):
    told = run(write(flops=flops, error=error), *POWER, code=2)
    assert message in told
    assert len(told.splitlines()) == 1


def test_what_is_no_table_is_one_sentence(run, tmp_path):
    assert "is a folder" in run(tmp_path, *POWER, code=2)
    assert "No such file" in run(tmp_path / "none.csv", *POWER, code=2)


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom search.cli import main\n"
        "sys.argv = ['ecgscale', 'law', '--help']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "sys.exit(bool({'torch', 'optuna', 'pandas', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0
