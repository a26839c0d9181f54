import json
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

ECGSCALE = [sys.executable, "-m", "search.cli"]


def test_help_imports_nothing_heavy():
    code = (
        "import sys\n"
        "from search.cli import main\n"
        "sys.argv = ['ecgscale', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'optuna', 'pandas', 'scipy', 'sqlalchemy', 'wfdb'} & set(sys.modules)\n"
        "sys.exit(f'imports {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "demo" in done.stdout


def test_version(run):
    import ecgscale

    assert run("--version")[0] == f"ecgscale {ecgscale.__version__}\n"


def test_prepare_prints_its_counts_as_json(run, shared, tmp_path):
    out, _ = run("data", "prepare", shared / "data/challenge2021", "--out", tmp_path / "s", "--json")
    counts = json.loads(out)
    assert (counts["accepted"], counts["rejected"]) == (50, 0)


def test_status_and_list_as_json(command, study):
    state = json.loads(command("study", "status", study.name, "--json"))
    assert (state["name"], state["trials"], state["states"]) == (study.name, 3, {})
    row = {"name": study.name, "complete": 0, "trials": 3, "running": 0, "paused": False, "ended": None}
    assert row in json.loads(command("study", "list", "--json"))


@pytest.fixture
def empty(tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def _only_sentence(error):
    lines = [line for line in error.splitlines() if line.startswith("ecgscale: ")]
    assert len(lines) == 1
    return lines[0]


def test_a_folder_without_records(command, empty, tmp_path):
    error = command("data", "prepare", empty, "--out", tmp_path / "s", code=2)
    assert "no ECG records in" in _only_sentence(error)
    assert not (tmp_path / "s").exists()


def test_a_broken_header(command, empty, tmp_path):
    (empty / "a.hea").write_text("nonsense\n")
    error = command("data", "prepare", empty, "--out", tmp_path / "s", code=2)
    assert "a.hea: 'nonsense' is no record line" in _only_sentence(error)
    assert not (tmp_path / "s").exists()


def test_an_unknown_family(command, store):
    error = command("study", "create", "x", "--store", store.path, "--family", "restnet", "--trials", 3, code=2)
    assert "did you mean resnet?" in _only_sentence(error)


def test_a_space_with_an_empty_range(command, store, tmp_path):
    space = tmp_path / "space.yaml"
    space.write_text("families: {resnet: {width: {low: 16, high: 8}}}")
    error = command("study", "create", "x", "--store", store.path, "--space", space, "--trials", 3, code=2)
    assert "families.resnet.width: low <= high must hold, but got low=16, high=8" in _only_sentence(error)


def test_neither_family_nor_space(command, store):
    error = command("study", "create", "x", "--store", store.path, "--trials", 3, code=2)
    assert "by --family" in _only_sentence(error)


@pytest.mark.parametrize("words", [("study", "status"), ("worker",), ("launch",), ("report", "--out", "report")])
def test_a_study_that_does_not_exist(command, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    error = command(*words, "nosuch", code=2)
    assert "no study named 'nosuch' in the embedded Postgres" in _only_sentence(error)
    assert list(tmp_path.iterdir()) == []


def test_a_store_written_for_other_labels(run, study, shared, tmp_path):
    run("data", "prepare", shared / "data/ptbxl", "--out", tmp_path / "s")
    _, error = run("worker", study.name, "--store", tmp_path / "s", code=2)
    assert "holds labels of ptbxl_superclasses, the study was made for challenge2021" in _only_sentence(error)


def test_a_database_that_refuses(run):
    _, error = run("study", "list", "--storage", "postgresql://me:pl4nted@127.0.0.1:9/x", code=2)
    assert "the database postgresql://me@127.0.0.1:9/x refuses" in _only_sentence(error)
    assert "pl4nted" not in error


def test_a_store_without_labels(run, tmp_path):
    from ecg.synthetic import write_corpus

    write_corpus(tmp_path / "corpus", 30)
    for header in (tmp_path / "corpus").rglob("*.hea"):
        header.write_text("\n".join(line for line in header.read_text().splitlines() if "Dx" not in line) + "\n")
    run("data", "prepare", tmp_path / "corpus", "--out", tmp_path / "s")
    _, error = run("study", "create", "x", "--store", tmp_path / "s", "--family", "resnet", "--trials", 3, code=2)
    assert "has no class with both positives and negatives" in _only_sentence(error)


def test_a_demo_does_not_touch_what_is_not_its_own(command, empty):
    (empty / "thesis.tex").write_text("years of work")
    error = command("demo", "--out", empty, code=2)
    assert "holds something that is no earlier demo" in _only_sentence(error)
    assert (empty / "thesis.tex").read_text() == "years of work"


@pytest.mark.parametrize("name", ["", " ", "two\nlines", "x" * 201])
def test_a_name_that_cannot_be_typed_is_refused(command, store, name):
    error = command("study", "create", name, "--store", store.path, "--family", "resnet", "--trials", 3, code=2)
    assert "a study's name must be 1 to 200 printable characters" in _only_sentence(error)


def test_a_study_that_is_there_stays_as_it_is_if_one_says_so(command, study, store):
    again = ("study", "create", study.name, "--family", "resnet", "--trials", 99, "--store", store.path)
    again += ("--batch-size", 32, "--precision", "fp32")  # which need no probe
    out = command(*again, "--if-absent")
    assert f"study {study.name} is in the embedded Postgres already and stays as it is: 3 trials of" in out
    error = command(*again, code=2)
    assert f"a study named '{study.name}' exists already" in _only_sentence(error)
    assert json.loads(command("study", "status", study.name, "--json"))["trials"] == 3


def test_a_study_over_another_store_is_not_the_one_that_was_meant(run, study, tmp_path):
    run("data", "synth", "--out", tmp_path / "corpus", "--records", 20)
    run("data", "prepare", tmp_path / "corpus", "--out", tmp_path / "s")
    create = ("study", "create", study.name, "--family", "resnet", "--trials", 3, "--store", tmp_path / "s")
    _, error = run(*create, "--if-absent", code=2)
    assert "the study was made for" in _only_sentence(error)


def test_a_study_that_is_absent_is_created_if_one_says_so(command, store):
    create = ("study", "create", "was-absent", "--family", "resnet", "--trials", 1, "--store", store.path)
    out = command(*create, "--batch-size", 32, "--precision", "fp32", "--if-absent")
    assert "study was-absent in the embedded Postgres: 1 trials of resnet" in out


def test_an_infinite_budget_is_refused(command, store):
    limit = ("--max-flops", "inf")
    error = command("study", "create", "x", "--store", store.path, "--family", "resnet", "--trials", 3, *limit, code=2)
    assert "budget.max_flops: Input should be a finite number, but got inf" in _only_sentence(error)


def test_an_interrupted_corpus_leaves_nothing(tmp_path):
    command = [*ECGSCALE, "data", "synth", "--out", str(tmp_path / "corpus"), "--records", "100000"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    process.stderr.readline()
    for _ in range(10):  # Python drops an interrupt that falls into a destructor; a person presses the keys again
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
            break
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("launch", "x", "--workers", 0), "--workers: input should be greater than or equal to 1, but got '0'; see: "),
        (("recommend", "x", "--flops", "3z"), "an amount is a number such as 20M, 1.5G or 2e7, but got '3z'"),
        (("study", "create", "x", "--sampler", "foo"), "--sampler: 'foo' is not one of 'default', 'random', 'tpe'"),
        (("launch",), "missing argument 'NAME'; see: ecgscale launch --help"),
        (("launch", "x", "--worker", 2), "no such option: --worker"),
        (("lunch",), "no such command 'lunch'"),
        (("launch", "x", "--json"), "--json shows the workers that were launched; give --status with it"),
    ],
)
def test_what_is_mistyped_is_one_sentence(command, arguments, sentence):
    error = command(*arguments, code=2)
    assert sentence in error
    assert error.startswith("ecgscale: ")
    assert error.count("\n") == 1


def test_nothing_typed_shows_the_help(run):
    assert "Usage: ecgscale study" in run("study", code=2)[0]


def test_ctrl_c_in_a_report_is_one_line_and_leaves_nothing(command, study, tmp_path, monkeypatch):
    def press_ctrl_c(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("analysis.report.build.build_report", press_ctrl_c)
    monkeypatch.setattr("search.reporting.build_report", press_ctrl_c)
    assert command("report", study.name, "--out", tmp_path / "report", code=130) == "ecgscale: interrupted\n"
    assert list(tmp_path.iterdir()) == []


def test_a_store_inside_its_corpus_is_refused(command, corpus):
    error = command("data", "prepare", corpus, "--out", corpus / "store", code=2)
    assert "lies inside the corpus" in _only_sentence(error)
