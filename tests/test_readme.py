"""The README's commands, run in their order as a reader types them."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


def _commands():
    section = README.read_text().split("## Your own records")[1]
    return re.search(r"```sh\n(.*?)```", section, re.DOTALL)[1].strip().splitlines()


def _command_line(command):
    name, *arguments = shlex.split(command)
    assert name == "ecgscale"
    return [sys.executable, "-m", "search.cli", *arguments]


def test_the_walk_through_ends_with_a_report_and_a_dashboard(tmp_path):
    environment = os.environ | {"ECGSCALE_HOME": str(tmp_path / "home")}
    *steps, dashboard = _commands()
    for step in steps:
        done = subprocess.run(
            _command_line(step), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{step}\n{done.stdout}{done.stderr}"
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert report["trials"]["complete"] == 6
    assert dashboard == "ecgscale dashboard"
    served = subprocess.Popen(
        [*_command_line(dashboard), "--port", "0"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert re.match(r"dashboard of the embedded Postgres on http://127.0.0.1:\d+/", served.stdout.readline())
    finally:
        served.send_signal(signal.SIGINT)
    assert served.wait(30) == 0


def test_the_design_space_it_shows_is_one(tmp_path):
    from search.space import read_space

    path = tmp_path / "space.yaml"
    path.write_text(re.search(r"```yaml\n(.*?)```", README.read_text(), re.DOTALL)[1])
    assert list(read_space(path).families) == ["resnet"]


def test_every_dependency_has_its_reason():
    import tomllib

    project = tomllib.loads((README.parent / "pyproject.toml").read_text())["project"]
    reasons = (README.parent / "docs" / "dependencies.md").read_text()
    wanted = project["dependencies"] + [name for extra in project["optional-dependencies"].values() for name in extra]
    names = [re.match(r"[A-Za-z0-9-]+", requirement)[0] for requirement in wanted]
    told = set(re.findall(r"[A-Za-z0-9-]+", reasons))
    assert [name for name in names if name not in told and name != "ecgscale"] == []
