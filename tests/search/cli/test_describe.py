import json
import subprocess
import sys

import pytest

ECGSCALE = [sys.executable, "-m", "search.cli"]


def run(*arguments, code=0, stdin=None, cwd=None):
    """Run a command as a user does; its standard output and error."""
    done = subprocess.run(
        [*ECGSCALE, *map(str, arguments)], input=stdin, cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout, done.stderr


def test_an_architecture_is_described_for_people():
    out, _ = run("describe", "resnet50", "kernel=5")
    assert out.splitlines()[0] == "resnet depths=[3,4,6,3] block=bottleneck kernel=5"
    assert "12 leads x 1024 samples, 26 classes" in out
    assert "depths              3, 4, 6, 3" in out


def test_and_for_machines():
    data = json.loads(run("describe", "resnet18", "--json")[0])
    assert (data["params"], data["flops"], data["receptive_field"], data["stride"]) == (3862170, 353658880, 435, 32)
    assert (data["family"], data["stages"], data["numbers"]["depths"]) == ("resnet", 4, [2, 2, 2, 2])
    assert data["training_memory"]["bf16"] < data["training_memory"]["fp32"]
    elsewhere = json.loads(
        run("describe", "resnet", "--json", "--leads", 8, "--length", 4096, "--classes", 6, "--batch-size", 64)[0]
    )
    assert (elsewhere["leads"], elsewhere["length"], elsewhere["classes"]) == (8, 4096, 6)
    assert elsewhere["training_memory"]["batch_size"] == 64


def test_many_are_described_line_by_line_and_bad_ones_in_their_place(tmp_path):
    lines = [
        '{"depth": 18, "stem_width": 64, "w_0": 64, "w_a": 40, "w_m": 2.0, "group_width": 4, '
        '"bottleneck_multiplier": 2, "se_ratio": null, "stem_kernel": 3}',
        '{"family": "resnet18"}',
        '{"depth": 0}',
        "",
        "not JSON",
        "[1]",
        '{"family": "vit", "heads": 5}',
        '{"family": ["vit"]}',
    ]
    file = tmp_path / "networks.jsonl"
    file.write_text("\n".join(lines) + "\n")
    out, _ = run("describe", "regnet", "--from", file, code=2)
    first, second, *bad = map(json.loads, out.splitlines())
    assert (first["params"], first["flops"], first["receptive_field"], first["stages"]) == (
        14676378,
        1002229760,
        783,
        5,
    )
    assert second["params"] == 3862170
    assert [set(row) for row in bad] == [{"error"}] * 6
    for row, message in zip(
        bad,
        ["depth=0", "not JSON", "not JSON", "must be a JSON object", "5 heads", "no family"],
        strict=True,
    ):
        assert message in row["error"]


def test_good_lines_end_well_and_may_come_from_a_pipe():
    out, _ = run("describe", "--from", "-", stdin='{"family": "resnet18"}\n{"family": "vit"}\n')
    assert [json.loads(line)["family"] for line in out.splitlines()] == ["resnet", "vit"]


def test_a_line_needs_a_family_from_somewhere():
    out, _ = run("describe", "--from", "-", stdin='{"width": 8}\n', code=2)
    assert "names no family" in json.loads(out)["error"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["resnet", "width"], "numbers are given as key=value, for instance width=64, but got 'width'"),
        (["resnet", "width=8", "width=9"], "a number is given once, but got width twice"),
        (["resnet", "width=0"], "but got width=0"),
        (["resnet", "depth=2.5"], "but got depth=2.5"),
        (["resnet", "--from", "nowhere.jsonl"], "cannot read nowhere.jsonl"),
        (["resnet", "width=8", "--from", "-"], "the numbers stand in the file, but got width beside it"),
        (["resnet", "--plugin", "nowhere.py"], "there is no plugin"),
        (["mine"], "no family 'mine'"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path, arguments, message):
    out, error = run("describe", *arguments, code=2, cwd=tmp_path)
    assert out == ""
    assert [line for line in error.splitlines() if message in line and line.startswith("ecgscale: ")]


def test_without_a_family_it_lists_what_there_is():
    out, _ = run("describe")
    assert "resnet    stages, depth" in out
    assert "presets: resnet18" in out


def test_describing_imports_no_torch():
    code = (
        "import sys\nfrom search.cli import main\n"
        "sys.argv = ['ecgscale', 'describe', 'resnet18']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "sys.exit(bool({'torch', 'optuna', 'pandas', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


def test_a_space_is_shown_as_it_is_written():
    import yaml

    from search.space import default_space, make_space

    out, _ = run("space", "show", "regnet")
    assert out.startswith("# The design space of NabJa/scaling-ecg-models")
    assert make_space(yaml.safe_load(out), source="here") == default_space(["regnet"])
    assert "did you mean regnet?" in run("space", "show", "regent", code=2)[1]
