import json
import subprocess
import sys

import pytest

ECGSCALE = [sys.executable, "-m", "search.cli"]


def test_an_architecture_is_described_for_people(run):
    out, _ = run("describe", "resnet50", "kernel=5")
    assert out.startswith("resnet50: depths=[3,4,6,3] kernel=5 block=bottleneck groups=1")
    assert "12 leads x 1,024 samples, 26 classes" in out
    assert "depths          3, 4, 6, 3" in out


def test_and_for_machines(run):
    data = json.loads(run("describe", "resnet18", "--json")[0])
    assert (data["params"], data["flops"], data["receptive_field"], data["stride"]) == (3862170, 353658880, 435, 32)
    assert (data["family"], data["preset"], data["stages"]) == ("resnet", "resnet18", 4)
    assert data["numbers"] == {
        **dict.fromkeys(["stages", "depth", "width", "widths", "group_width"]),
        **{"depths": [2, 2, 2, 2], "kernel": 3, "block": "basic", "groups": 1, "stem_kernel": 7, "pooling": "average"},
    }
    assert data["training_memory"]["bf16"] < data["training_memory"]["fp32"]
    elsewhere = json.loads(
        run("describe", "resnet", "--json", "--leads", 8, "--length", 4096, "--classes", 6, "--batch-size", 64)[0]
    )
    assert (elsewhere["leads"], elsewhere["length"], elsewhere["classes"]) == (8, 4096, 6)
    assert elsewhere["training_memory"]["batch_size"] == 64


def test_many_are_described_line_by_line_and_bad_ones_in_their_place(run, tmp_path):
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
        '{"depth": [8]}',
        '{"depth": 8, "depth": 9}',
        "[" * 100_000,
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
    assert [row["line"] for row in bad] == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    for row, message in zip(
        bad,
        [
            "depth=0",
            "not JSON",
            "not JSON",
            "must be a JSON object",
            "5 heads",
            'but got ["vit"]',
            "depth=[8]",
            "stands twice",
            "nested too deeply",
        ],
        strict=True,
    ):
        assert message in row["error"]


def test_good_lines_end_well_and_may_come_from_a_pipe(run):
    out, _ = run("describe", "--from", "-", stdin='{"family": "resnet18"}\n{"family": "vit"}\n')
    assert [json.loads(line)["family"] for line in out.splitlines()] == ["resnet", "vit"]


def test_a_line_needs_a_family_from_somewhere(run):
    out, _ = run("describe", "--from", "-", stdin='{"width": 8}\n', code=2)
    assert "a line names its family, or it stands before --from, but got null" in json.loads(out)["error"]


def test_numbers_beside_a_file_hold_where_its_lines_say_nothing_else(run, tmp_path):
    file = tmp_path / "with a mark.jsonl"
    file.write_text('{"width": 16}\n{"kernel": 9}\n', encoding="utf-8-sig")
    out, _ = run("describe", "resnet", "kernel=7", "--from", file)
    kernels = [json.loads(line)["numbers"]["kernel"] for line in out.splitlines()]
    assert kernels == [7, 9]


def test_numbers_are_taken_as_people_write_them(run):
    out, _ = run("describe", "regnet", "se_ratio=.25", "depth=8.0", "w_a=1e1", "--json")
    assert {"se_ratio": 0.25, "depth": 8, "w_a": 10}.items() <= json.loads(out)["numbers"].items()
    assert json.loads(run("describe", "regnet", "se_ratio=None", "--json")[0])["numbers"]["se_ratio"] is None
    assert json.loads(run("describe", "oscnn", "residual=True", "--json")[0])["numbers"]["residual"] is True


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["resnet", "width"], "numbers are given as key=value, for instance width=64, but got 'width'"),
        (["resnet", "width=8", "width=9"], "a number is given once, but got width twice"),
        (["resnet", "width=0"], "but got width=0"),
        (["resnet", "depth=2.5"], "but got depth=2.5"),
        (["resnet", "--from", "nowhere.jsonl"], "cannot read nowhere.jsonl"),
        (["resnet", "--from", "."], "cannot read .: Is a directory"),
        (["resnet", "--plugin", ""], "a plugin is a "),
        (["resnet", "--plugin", "nowhere.py"], "there is no plugin"),
        (["mine"], "no family 'mine'"),
    ],
)
def test_bad_input_is_one_sentence(run, tmp_path, arguments, message):
    out, error = run("describe", *arguments, code=2, cwd=tmp_path)
    assert out == ""
    assert [line for line in error.splitlines() if message in line and line.startswith("ecgscale: ")]


def test_without_a_family_it_lists_what_there_is(run):
    out, _ = run("describe")
    assert "resnet: A ResNet" in out
    assert "resnet18             3,862,170 parameters        353,658,880 FLOPs" in out
    listed = json.loads(run("describe", "--json")[0])
    assert listed["resnet"]["presets"]["resnet18"] == {"params": 3862170, "flops": 353658880}
    assert listed["vit"]["numbers"]["patch"] == 20


def test_describing_imports_no_torch():
    code = (
        "import sys\nfrom search.cli import main\n"
        "sys.argv = ['ecgscale', 'describe', 'resnet18']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "sys.exit(bool({'torch', 'optuna', 'pandas', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


def test_a_space_is_shown_as_it_is_written(run):
    import yaml

    from search.space import default_space, make_space

    out, _ = run("space", "show", "regnet")
    assert out.startswith("# The design space of NabJa/scaling-ecg-models")
    assert make_space(yaml.safe_load(out), source="here") == default_space(["regnet"])
    assert "did you mean regnet?" in run("space", "show", "regent", code=2)[1]
