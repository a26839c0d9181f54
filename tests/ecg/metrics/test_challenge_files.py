import numpy as np
import pytest

from ecg.errors import ScoreError
from ecg.labels import CHALLENGE
from ecg.metrics.challenge_files import read_recordings

AF, RBBB, PAC = (CHALLENGE.names.index(name) for name in ("AF", "RBBB", "PAC"))


@pytest.fixture
def folders(tmp_path):
    """An empty folder for headers and one for outputs."""
    for name in ("labels", "outputs"):
        (tmp_path / name).mkdir()
    return tmp_path / "labels", tmp_path / "outputs"


@pytest.fixture
def write(folders):
    """Writes a recording: its `Dx` line and the lines of its output."""
    labels, outputs = folders

    def write(name, diagnoses, *lines):
        (labels / f"{name}.hea").write_text(f"{name} 12 500 5000\n#Age: 50\n{diagnoses}\n")
        (outputs / f"{name}.csv").write_text("\n".join([f"#{name}", *lines]) + "\n")

    return write


def test_both_header_styles_say_the_same(folders, write):
    write("A1", "#Dx: 164889003,59118001", "164889003", "1", "0.9")
    write("A2", "# Dx: 164889003, 713427006", "164889003", "1", "0.9")
    read = read_recordings(*folders)
    assert read.names == ["A1", "A2"]
    assert [np.flatnonzero(row).tolist() for row in read.labels] == [[AF, RBBB]] * 2


def test_columns_of_equivalent_codes_are_one_class(folders, write):
    """The 2021 baseline joins them by `|`, the 2020 one gives each a column: decisions are or-ed, scores averaged."""
    write("joined", "#Dx: ", "164889003,713427006|59118001", "0,1", "0.1,0.5")
    write("split", "#Dx: ", "713427006,164889003,59118001", "0,0,True", "0.2,0.1,0.8")
    read = read_recordings(*folders)
    assert read.decisions[:, [AF, RBBB]].tolist() == [[False, True]] * 2
    assert read.probabilities[:, [AF, RBBB]].tolist() == [[0.1, 0.5]] * 2


def test_what_an_output_leaves_open_is_not_decided_and_scores_zero(folders, write):
    write("A1", "#Dx: 164889003", "164889003,284470004|63593006", "nan,1", "NaN,0.7")
    read = read_recordings(*folders)
    assert np.flatnonzero(read.decisions).tolist() == [PAC]
    assert np.flatnonzero(read.probabilities).tolist() == [PAC]


def test_a_score_that_is_nan_is_no_score(folders, write):
    """As the official evaluator's nanmean has it (evaluate_model.py, 2021)."""
    write("A1", "#Dx: ", "713427006,59118001,164889003", "0,0,0", "0.8,nan,nan")
    assert read_recordings(*folders).probabilities[0, [RBBB, AF]].tolist() == [0.8, 0.0]


def test_classes_without_a_column_are_counted(folders, write):
    write("A1", "#Dx: ", "164889003,59118001", "0,0", "0.8,0.1")
    write("A2", "#Dx: ", "164889003", "0", "0.8")
    undecided = read_recordings(*folders).undecided
    assert len(undecided) == 25
    assert (undecided["RBBB"], undecided["PAC"], undecided.get("AF")) == (1, 2, None)


def test_other_classes_are_ignored_and_counted_by_recording(folders, write):
    write("A1", "#Dx: 55930002,164889003", "164889003,55930002", "1,1", "0.9,0.9")
    write("A2", "#Dx: 1,55930002", "164889003", "1", "0.9")
    assert read_recordings(*folders).unscored_codes == {"55930002": 2, "1": 1}


def test_folders_are_searched_through_and_hidden_files_left_alone(folders, write):
    write("A1", "#Dx: 164889003", "164889003", "1", "0.9")
    labels, outputs = folders
    (labels / "g1").mkdir()
    (labels / "A1.hea").rename(labels / "g1/A1.hea")
    (outputs / "._A1.csv").write_bytes(b"\x00\x05\x16")
    assert read_recordings(labels, outputs).names == ["A1"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["164889003", "1"], "has 2 lines besides comments, not 3"),
        (["164889003,6374002", "1", "0.9,0.1"], "has 2 classes, 1 decisions and 2 scores"),
        (["164889003", "2", "0.9"], "the decision '2' is neither 0 nor 1"),
        (["164889003", "1", "high"], "could not convert string to float: 'high'"),
        (["164889003", "1", "1.5"], "the score 1.5 is not in 0 to 1"),
        (["164889003", "1", "inf"], "the score inf is not in 0 to 1"),
    ],
)
def test_a_broken_output_is_refused_with_its_name_and_the_rule(folders, write, lines, message):
    write("A1", "#Dx: 164889003", *lines)
    with pytest.raises(ScoreError) as error:
        read_recordings(*folders)
    assert message in str(error.value)
    assert "A1.csv" in str(error.value)
    assert "an output holds `#record` and three lines of equal length" in str(error.value)


def test_a_header_without_a_line_of_diagnoses_is_refused(folders, write):
    write("A1", "#Sex: Male", "164889003", "1", "0.9")
    with pytest.raises(ScoreError, match=r"A1\.hea has no line `#Dx: codes`"):
        read_recordings(*folders)


def test_recordings_without_an_output_are_counted_and_the_first_named(folders, write):
    for name in ("A1", "A2", "A3"):
        write(name, "#Dx: 164889003", "164889003", "1", "0.9")
    for name in ("A3", "A2"):
        (folders[1] / f"{name}.csv").unlink()
    with pytest.raises(ScoreError, match="2 of 3 recordings have no output file, the first is A2"):
        read_recordings(*folders)


def test_outputs_without_a_header_are_counted_and_the_first_named(folders, write):
    for name in ("A1", "A2"):
        write(name, "#Dx: 164889003", "164889003", "1", "0.9")
    (folders[0] / "A2.hea").unlink()
    with pytest.raises(ScoreError, match=r"1 of 2 outputs have no label header, the first is .*A2.csv"):
        read_recordings(*folders)


def test_two_headers_of_one_name_are_refused(folders, write):
    write("A1", "#Dx: 164889003", "164889003", "1", "0.9")
    (folders[0] / "g1").mkdir()
    (folders[0] / "g1/A1.hea").write_text("A1 12 500 5000\n#Dx: 164889003\n")
    with pytest.raises(ScoreError, match="are both named A1"):
        read_recordings(*folders)


def test_a_folder_without_files_is_refused(folders):
    with pytest.raises(ScoreError, match=r"no \.hea files in"):
        read_recordings(*folders)
