import json
from functools import partial

import numpy as np
import pytest

from ecg.labels import CHALLENGE

CODES = ["|".join(label.codes) for label in CHALLENGE.labels]
OVERALL = {
    "challenge_score": "challenge_metric",
    "macro_auroc": "auroc",
    "macro_auprc": "auprc",
    "accuracy": "accuracy",
    "macro_f1": "f_measure",
}
PER_CLASS = {"auroc": "auroc_classes", "auprc": "auprc_classes", "f1": "f_classes"}


@pytest.fixture
def run(command):
    return partial(command, "score")


@pytest.fixture
def write(tmp_path):
    """Writes arrays as the challenge's files, every other header in the style of 2020; the two folders."""
    labels_folder, outputs_folder = tmp_path / "labels", tmp_path / "outputs"

    def write(labels, decisions, scores):
        labels_folder.mkdir()
        outputs_folder.mkdir()
        for i in range(len(labels)):
            said = ",".join(CHALLENGE.labels[c].codes[-1] for c in np.flatnonzero(labels[i]))
            header = f"#Dx: {said}" if i % 2 else f"# Dx: {said}"
            (labels_folder / f"R{i:04}.hea").write_text(f"R{i:04} 12 500 5000\n{header}\n")
            decided = ",".join("1" if yes else "0" for yes in decisions[i])
            lines = [f"#R{i:04}", ",".join(CODES), decided, ",".join(repr(float(score)) for score in scores[i])]
            (outputs_folder / f"R{i:04}.csv").write_text("\n".join(lines) + "\n")
        return labels_folder, outputs_folder

    return write


@pytest.fixture
def fold():
    rng = np.random.default_rng(0)
    labels = rng.random((40, 26)) < 0.2
    labels[:, CHALLENGE.names.index("PR")] = False
    return labels


@pytest.mark.parametrize("case", [0, 1, 6, 17, 45])
def test_written_as_files_the_official_cases_get_the_official_figures(run, write, shared, case):
    arrays = np.load(shared / "reference/challenge/cases.npz")
    expected = json.loads((shared / "reference/challenge/expected.json").read_text())[case]
    folders = write(arrays[f"y{case}"], arrays[f"b{case}"], arrays[f"s{case}"])
    made = json.loads(run(*folders, "--json"))
    assert made["records"] == expected["n"]
    for ours, theirs in OVERALL.items():
        assert _nan(made["scores"][ours]) == pytest.approx(expected[theirs], abs=1e-9, nan_ok=True)
    for ours, theirs in PER_CLASS.items():
        figures = [_nan(row[ours]) for row in made["per_label"]]
        np.testing.assert_allclose(figures, expected[theirs], rtol=0, atol=1e-9)


def _nan(value):
    return float("nan") if value is None else value


def test_the_json_has_every_figure_its_interval_and_what_was_left_out(run, write, fold):
    made = json.loads(run(*write(fold, fold, fold * 0.9 + 0.05), "--json"))
    assert made.keys() == {"records", "scores", "ci95", "per_label", "left_out", "undecided", "unscored_codes"}
    assert made["scores"].keys() == made["ci95"].keys() == {*OVERALL, "balanced_accuracy", "ece"}
    assert {name: made["scores"][name] for name in (*OVERALL, "balanced_accuracy")} == dict.fromkeys(
        (*OVERALL, "balanced_accuracy"), 1.0
    )
    assert made["scores"]["ece"] == pytest.approx(0.05)
    assert made["ci95"]["challenge_score"] == [1.0, 1.0]
    assert made["left_out"] == ["PR"]
    pacing = made["per_label"][CHALLENGE.names.index("PR")]
    assert (pacing["n_positive"], pacing["auroc"], pacing["auprc"], pacing["sensitivity"]) == (0, None, None, None)


def test_always_normal_scores_zero(run, write, fold):
    normal = np.zeros_like(fold)
    normal[:, CHALLENGE.names.index("NSR")] = True
    assert json.loads(run(*write(fold, normal, normal), "--json"))["scores"]["challenge_score"] == 0


def test_the_table_shows_figures_with_intervals_classes_and_what_was_left_out(run, write, fold):
    out = run(*write(fold, fold, fold * 0.9 + 0.05))
    lines = out.splitlines()
    assert "40 recordings" in lines[0]
    assert any(line.split() == ["challenge", "score", "1.000", "1.000", "to", "1.000"] for line in lines)
    pacing = next(line for line in lines if line.startswith("PR "))
    assert pacing.split() == ["PR", "0", "-", "-", "-", "-", "1.000", "-"]
    assert "left out of balanced accuracy and AUROC, without a positive or without a negative: PR" in out


def test_a_mismatch_ends_in_one_sentence(run, write, fold):
    labels, outputs = write(fold, fold, fold)
    (outputs / "R0007.csv").unlink()
    error = run(labels, outputs, code=2)
    assert error.startswith("ecgscale: 1 of 40 recordings have no output file, the first is R0007")
    assert len(error.splitlines()) == 1
