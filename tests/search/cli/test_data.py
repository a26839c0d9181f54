"""`ecgscale data` as a user meets it: in a process of its own, interrupted, killed, on a full disk."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from ecg.store import RecordStore

ECGSCALE = [sys.executable, "-m", "search.cli"]


@pytest.fixture(scope="module")
def large(corpus, tmp_path_factory):
    """3,240 records, enough for two processes: the test corpus under 27 sources, by links."""
    root = tmp_path_factory.mktemp("large") / "corpus"
    for ward in range(27):
        folder = root / f"ward{ward:02}"
        folder.mkdir(parents=True)
        for path in corpus.rglob("*.*"):
            (folder / path.name).hardlink_to(path)
    return root


@pytest.fixture
def started(large, tmp_path):
    """A preparation that has done at least a quarter of the records; its process."""
    command = [*ECGSCALE, "data", "prepare", str(large), "--out", str(tmp_path / "s")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while True:
        line = process.stderr.readline()
        assert line, "the preparation ended before it could be interrupted"
        if int(line.split()[-1].split("/")[0]) >= 700:
            break
    yield process
    if process.poll() is None:
        process.kill()
    process.wait(30)


def _resume(run, large, out):
    done = json.loads(run("data", "prepare", large, "--out", out, "--json")[0])
    assert 700 <= done["resumed"] < 3240
    assert (done["accepted"], done["rejected"]) == (3240, 0)
    assert len(RecordStore.open(out).records) == 3240
    assert [path.name for path in out.parent.iterdir()] == ["s"]


def test_ctrl_c_leaves_no_store_and_the_same_command_goes_on(run, started, large, tmp_path):
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=30)
    assert started.returncode == 130
    assert "ecgscale: interrupted; the same command goes on" in said
    assert not (tmp_path / "s").exists()
    _resume(run, large, tmp_path / "s")


def test_ctrl_c_twice_ends_it_too(started, tmp_path):
    started.send_signal(signal.SIGINT)
    time.sleep(0.1)
    if started.poll() is None:
        started.send_signal(signal.SIGINT)
    children = psutil.Process(started.pid).children(recursive=True) if started.poll() is None else []
    started.communicate(timeout=30)
    assert started.returncode in {130, -signal.SIGINT}  # the second may find Python on its way out
    assert not psutil.wait_procs(children, timeout=20)[1]
    assert not (tmp_path / "s").exists()


def test_a_killed_preparation_takes_its_processes_with_it_and_goes_on(run, started, large, tmp_path):
    children = psutil.Process(started.pid).children(recursive=True)
    started.kill()
    started.wait(30)
    _, alive = psutil.wait_procs(children, timeout=20)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []
    _resume(run, large, tmp_path / "s")


def test_a_killed_process_of_it_ends_in_one_sentence_and_goes_on(run, started, large, tmp_path):
    if (os.cpu_count() or 1) < 2:
        pytest.skip("one core: the preparation has no other processes")
    workers = [child for child in psutil.Process(started.pid).children() if "spawn_main" in " ".join(child.cmdline())]
    workers[0].kill()
    _, said = started.communicate(timeout=60)
    assert started.returncode == 1
    assert "ecgscale: a preparing process was killed, perhaps for want of memory; run the same command again" in said
    _resume(run, large, tmp_path / "s")


def test_a_disk_that_takes_no_more_is_one_sentence_and_the_work_is_kept(run, large, tmp_path):
    out = tmp_path / "s"
    limited = f"ulimit -f 30000; exec {sys.executable} -m search.cli data prepare {large} --out {out}"  # of 1,024 bytes
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"ecgscale: cannot write {out}: File too large; free some space or check the permissions" in done.stderr
    assert "Traceback" not in done.stderr
    _resume(run, large, out)


def test_prepare_says_what_it_saw(run, shared, tmp_path):
    out, _ = run("data", "prepare", shared / "data/ptbxl", "--out", tmp_path / "s", "--labels", "subclasses")
    first, second, *_ = out.splitlines()
    assert "layout ptbxl; 495 records accepted (ptbxl 495)" in first
    assert second == f"flagged 11, duplicates 5, rejected 5: see {tmp_path / 's' / 'rejected.csv'}"
    assert len(RecordStore.open(tmp_path / "s").vocabulary.labels) == 23


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--source", "mitbih"], "mitbih is no known source; choose one of ptbxl, code15, tianchi, wfdb, challenge"),
        (["--labels", "age"], "--labels age is not for the source challenge, which has one vocabulary; omit it"),
        (["--leave-out", "east"], "there is no source east to leave out; the corpus has north, south"),
        (["--source", "ptbxl"], "ptbxl_database.csv is missing"),
    ],
)
def test_wrong_choices_are_one_sentence(run, corpus, tmp_path, options, message):
    _, said = run("data", "prepare", corpus, "--out", tmp_path / "s", *options, code=2)
    assert message in said.splitlines()[-1]
    assert not (tmp_path / "s").exists()


def test_inspect_shows_sources_labels_flags_and_draws_a_picture(run, shared, tmp_path):
    run("data", "prepare", shared / "data/challenge2021", "--out", tmp_path / "s")
    out, _ = run("data", "inspect", tmp_path / "s")
    assert "50 records, 50 windows of 10 s at 100 Hz, layout challenge" in out
    assert "flags (records): no_label 2, flat_leads 2, spikes 2, saturated 1" in out
    assert f"example traces: {tmp_path / 's.png'}" in out
    assert (tmp_path / "s.png").read_bytes().startswith(b"\x89PNG")
    seen = json.loads(run("data", "inspect", tmp_path / "s", "--picture", tmp_path / "p.png", "--json")[0])
    assert seen["sources"]["ningbo"]["records"] == 20
    assert seen["picture"] == str(tmp_path / "p.png")


def test_a_store_without_any_label_is_said_to_be_one(run, shared, tmp_path):
    out, _ = run("data", "prepare", shared / "data/ptbxl/records500", "--out", tmp_path / "s")
    assert "NO RECORD HAS A LABEL" in out


def test_a_picture_that_cannot_be_drawn_is_one_sentence(run, store, tmp_path):
    for name in ("a.xyz", "nowhere/a.png"):
        out, said = run("data", "inspect", store.path, "--picture", tmp_path / name, code=2)
        assert "120 records" in out
        assert "name a .png file in a folder that exists" in said


def test_inspecting_what_is_no_store_is_one_sentence(run, tmp_path):
    _, said = run("data", "inspect", tmp_path, code=2)
    assert "no record store at" in said


def test_copies_are_found_whichever_process_read_them(run, large, tmp_path):
    done = json.loads(run("data", "prepare", large, "--out", tmp_path / "s", "--json")[0])
    assert done["duplicates"] == 26 * 120
    assert RecordStore.open(tmp_path / "s").records.groupby("sha256")["fold"].nunique().max() == 1
