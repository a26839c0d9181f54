"""What bash is told when somebody presses TAB."""

import os
import socket
import subprocess
import sys

import pytest


@pytest.fixture
def offered(command, monkeypatch):
    """Speaks bash's side of the protocol: the words so far, the last of them unfinished; what it is offered."""

    def offered(*words):
        for name, value in _asked(words).items():
            monkeypatch.setenv(name, value)
        return command().split()

    return offered


def _asked(words):
    line = " ".join(("ecgscale", *words))
    return {"_ECGSCALE_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words))}


def test_the_names_of_studies_are_offered(offered, study):
    assert study.name in offered("study", "status", "test-")
    assert offered("report", study.name[:-2]) == [study.name]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("rep",), ["report"]),
        (("study", "create", "x", "--family", "re"), ["regnet", "resnet"]),
        (("study", "create", "x", "--sampler", "tp"), ["tpe", "tpe-multivariate"]),
        (("study", "create", "x", "--recipe", ""), ["dck", "ecoscale", "regnet"]),
        (("data", "prepare", "x", "--source", "c"), ["code15", "challenge"]),
        (("launch", "x", "--on", "s"), ["slurm"]),
        (("describe", "resnet1"), ["resnet18", "resnet101"]),
        (("study", "status", "x", "--w"), ["--watch"]),
    ],
)
def test_what_is_known_is_offered(offered, words, names):
    assert offered(*words) == names


def test_a_database_that_does_not_answer_offers_nothing(offered):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://x@127.0.0.1:{silent.getsockname()[1]}/x"
        assert offered("study", "status", "--storage", url, "") == []


@pytest.mark.parametrize("url", ["postgresql://x@127.0.0.1:9/x", "mysql://x", ""])
def test_a_database_that_cannot_be_asked_offers_nothing(offered, url, monkeypatch):
    monkeypatch.setenv("ECGSCALE_STORAGE", url)
    assert offered("study", "status", "") == []


def test_no_server_is_started_for_it(tmp_path):
    environment = {**os.environ, **_asked(("study", "status", "")), "ECGSCALE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "search.cli"], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == done.stderr == ""
    assert list(tmp_path.iterdir()) == []
