import json
import os
import signal
import subprocess
import sys
import time

import pytest

from search.cli import main

QUICK = ["resnet", "stages=2", "depth=1", "width=4", "--epochs", "2"]


@pytest.fixture
def run(tmp_path):
    """The command in a folder of its own."""

    def run(*arguments):
        command = [sys.executable, "-m", "search.cli", "train", *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)

    return run


def results_of(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refusal(done):
    """The one sentence of a refusal."""
    assert done.returncode == 2, done.stdout
    (sentence,) = done.stderr.strip().splitlines()
    return sentence


def test_a_training_prints_a_row_per_epoch_and_its_scores(run, store, tmp_path):
    done = run(*QUICK, "--store", store.path)
    lines = done.stdout.splitlines()
    assert "records to train on" in lines[1]
    assert lines[2].split() == ["epoch", "loss", "bal.", "acc.", "AUROC", "seconds"]
    assert [line.split()[0] for line in lines[3:5]] == ["1", "2"]
    assert "balanced accuracy" in done.stdout
    assert "95 %" in done.stdout
    (folder,) = (tmp_path / "trainings").glob("resnet-*/seed-0")
    kept = {path.name.partition("-")[0] for path in folder.iterdir()}
    assert kept == {"network", "network.json", "result.json", "training.json"}
    again = run(*QUICK, "--store", store.path)
    assert "trained before" in again.stdout


def test_several_seeds_give_a_spread(run, store, tmp_path):
    options = ["--out", tmp_path / "out", "--score-folds", "9,10"]
    done = run(*QUICK, "--store", store.path, "--seeds", 2, "train.seed=5", *options)
    assert "fold 10 is read here" in done.stderr
    assert "2 seeds" in done.stdout
    results = [json.loads((tmp_path / "out" / f"seed-{seed}" / "result.json").read_text()) for seed in (5, 6)]
    assert results[0]["scores"] != results[1]["scores"]


def test_labels_can_be_trained_one_at_a_time(run, store, tmp_path):
    options = ["--store", store.path, "--out", tmp_path / "out", "--json"]
    results = results_of(run(*QUICK, *options, "--labels", "NSR", "--labels", "AF,SB"))
    assert [result["labels"] for result in results] == [["NSR"], ["AF", "SB"]]
    assert [len(result["per_label"]) for result in results] == [1, 2]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["AF-SB-seed-0", "NSR-seed-0"]


def test_every_setting_of_a_training_reaches_it(run, store):
    given = ["train.optimizer=adam", "train.loss=asymmetric", "train.ema=0.9", "train.augment=true", "train.lr=0.01"]
    options = ["--store", store.path, "--crop", 5, "--scoring", "centre", "--batch-size", 16, "--precision", "fp32"]
    (result,) = results_of(run(*QUICK, *given, *options, "--json"))
    recipe = result["recipe"]
    assert recipe["crop"] == 500
    assert [recipe[name] for name in ("optimizer", "loss", "ema", "augment", "lr")] == [
        "adam",
        "asymmetric",
        0.9,
        True,
        0.01,
    ]
    assert [recipe[name] for name in ("scoring", "batch_size", "precision")] == ["centre", 16, "fp32"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train.momentum=0.9"], "no setting momentum; known: lr, optimizer"),
        (["train.epochs=3"], "--epochs"),
        (["train.lr=-1"], "above 0, but got lr=-1"),
        (["wdith=3"], "did you mean width"),
        (["--train-folds", "1-12"], "folds are numbers from 1 to 10"),
        (["--score-folds", "nine"], "but got 'nine'"),
        (["--train-folds", "1-9"], "fold 9 is among the folds to train on and the folds to score on"),
        (["--labels", "XYZ"], "labels must be among"),
        (["--crop", "99"], "a crop must last from"),
        (["kernel=4"], "odd"),
        (["lr=0.1"], "write train.lr="),
        (["--train-folds", "1-99999999999"], "folds are numbers from 1 to 10"),
    ],
)
def test_bad_input_is_one_sentence(store, arguments, said, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["ecgscale", "train", "resnet", *arguments, "--store", str(store.path)])
    handler = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SystemExit) as ended:
            main()
    finally:
        signal.signal(signal.SIGTERM, handler)
    assert ended.value.code == 2
    (sentence,) = capsys.readouterr().err.strip().splitlines()
    assert said in sentence


def test_a_folder_of_another_training_is_left_alone(run, store, tmp_path):
    assert run(*QUICK, "--store", store.path, "--out", tmp_path / "out").returncode == 0
    other = run(*QUICK, "kernel=7", "--store", store.path, "--out", tmp_path / "out")
    assert "holds another training (numbers was {" in refusal(other)


def test_a_training_that_is_killed_goes_on_bit_for_bit(run, store, tmp_path):
    """kill -9 in epoch 3 of 5; files of tensors are named after their content."""
    command = ["resnet", "stages=2", "depth=2", "width=48", "kernel=15", "train.augment=true", "train.ema=0.9"]
    options = ["--epochs", "5", "--store", str(store.path)]
    assert run(*command, *options, "--out", tmp_path / "whole").returncode == 0
    folder = tmp_path / "killed" / "seed-0"
    started = subprocess.Popen(
        [sys.executable, "-m", "search.cli", "train", *command, *options, "--out", str(tmp_path / "killed")],
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 120
        while epochs_in(folder) < 2 and time.monotonic() < deadline:
            time.sleep(0.005)
    finally:
        os.kill(started.pid, signal.SIGKILL)
        started.wait()
    reached = epochs_in(folder)
    assert 2 <= reached < 5
    done = run(*command, *options, "--out", tmp_path / "killed")
    assert done.stdout.splitlines()[2] == f"going on after epoch {reached}"
    networks = [sorted((tmp_path / name / "seed-0").glob("network-*")) for name in ("whole", "killed")]
    assert networks[0][0].name == networks[1][0].name
    assert networks[0][0].read_bytes() == networks[1][0].read_bytes()


def epochs_in(folder):
    try:
        return len(json.loads((folder / "checkpoint.json").read_text())["progress"]["curve"])
    except FileNotFoundError:
        return 0


def test_an_interrupt_says_how_to_go_on(store, tmp_path):
    started = subprocess.Popen(
        [sys.executable, "-m", "search.cli", "train", "resnet", "--epochs", "500", "--store", str(store.path)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in started.stdout:
        if line.startswith("    1"):
            break
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=60)
    assert "ecgscale: interrupted; the same command goes on from the last epoch\n" in err
    assert "Traceback" not in err
    assert started.returncode == 130


def test_a_training_that_failed_leaves_its_folder_free(run, store, tmp_path):
    options = ["--store", store.path, "--out", tmp_path / "out"]
    failed = run(*QUICK, "train.lr=1e30", "train.optimizer=sgd", "train.clip=1e30", *options)
    assert failed.returncode == 1
    assert "at a learning rate of 1e+30" in failed.stderr
    assert run(*QUICK, *options).returncode == 0
    for weights in (tmp_path / "out" / "seed-0").glob("network-*"):
        weights.unlink()
    again = run(*QUICK, *options)
    assert "trained before" not in again.stdout  # a result without its network is no result
