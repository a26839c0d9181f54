"""The compose files and the Dockerfile without a container engine: their schema, and each service as a process."""

import os
import re
import shlex
import subprocess
import sys
import time
import tomllib
from base64 import b64encode
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml
from postgres_server import free_port

from search.launch.kubernetes.manifest import USER
from storage.database import open_database
from storage.progress import progress
from storage.studies import find_study

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = ROOT / "docker-compose.yml"
CUDA = ROOT / "deploy" / "compose.cuda.yml"
OURS = ("study", "worker", "dashboard")


def interpolated(value, variables):
    """As Compose does it: ${NAME} and ${NAME:-default} in every string."""
    if isinstance(value, dict):
        return {key: interpolated(inner, variables) for key, inner in value.items()}
    if isinstance(value, list):
        return [interpolated(inner, variables) for inner in value]
    if not isinstance(value, str):
        return value
    return re.sub(r"\$\{(\w+)(?::-([^}]*))?\}", lambda match: variables.get(match[1]) or match[2] or "", value)


def described(variables=None):
    return interpolated(yaml.safe_load(COMPOSE.read_text()), variables or {})


@pytest.fixture(scope="module")
def compose():
    return described()


@pytest.mark.parametrize("path", [COMPOSE, CUDA], ids=lambda path: path.name)
def test_the_files_follow_the_compose_specification(path):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_broken_file_is_found_out(tmp_path):
    (tmp_path / "broken.yml").write_text(COMPOSE.read_text().replace("depends_on:", "depend_on:"))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    assert subprocess.run([*command, tmp_path / "broken.yml"], capture_output=True, check=False).returncode == 1


def test_nothing_is_published_beyond_loopback_and_no_password_is_written_down(compose):
    services = compose["services"]
    assert {name for name in services if "ports" in services[name]} == {"dashboard"}
    assert all(port.startswith("127.0.0.1:") for port in services["dashboard"]["ports"])
    for service in services.values():
        read = re.findall(r"/run/secrets/(\w+)", f"{service.get('environment')} {service.get('command')}")
        assert set(read) == set(service["secrets"])
        assert set(read) <= compose["secrets"].keys()
    for name in OURS:
        assert re.search(r"//\w+@postgres:", services[name]["environment"]["ECGSCALE_STORAGE"])
    assert all(place["file"].startswith("./secrets/") for place in compose["secrets"].values())
    assert "/secrets/" in (ROOT / ".gitignore").read_text()


def test_workers_can_be_scaled_and_are_given_time_to_hand_back_their_trials(compose):
    worker = compose["services"]["worker"]
    assert not {"container_name", "ports", "hostname"} & worker.keys()
    assert (worker["restart"], worker["stop_grace_period"]) == ("on-failure:5", "2m")
    assert compose["services"]["study"]["restart"] == "no"


def test_a_gpu_is_for_those_who_train():
    services = yaml.safe_load(CUDA.read_text())["services"]
    assert services.keys() == set(OURS)
    assert {service["build"]["target"] for service in services.values()} == {"cuda"}
    assert {name for name in services if "deploy" in services[name]} == {"study", "worker"}


@pytest.fixture(scope="module")
def stages():
    """The Dockerfile's stages, each a list of instructions."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = {}
    for line in lines:
        if line.startswith("FROM"):
            _, _, _, name = line.split()
            found[name] = []
        found[name].append(line)
    return found


def test_the_image_gets_every_file_that_the_package_needs(stages):
    copies = [line for stage in stages.values() for line in stage if line.startswith("COPY")]
    copied = {name for line in copies for name in line.split()[1:-1]}
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == allowed
    assert {"search", "analysis", "models", "ecg", "storage", "ecgscale.py", "pyproject.toml"} <= copied
    assert all((ROOT / name).exists() for name in copied)


def test_a_change_of_the_code_installs_no_dependency_anew(stages):
    assert [line for line in stages["base"] if line.startswith("COPY")] == ["COPY pyproject.toml constraints.txt ./"]
    assert stages["app"][0] == "FROM base AS app"
    assert not [line for line in stages["app"] if line.startswith("COPY")]
    torch, code = (line for line in stages["app"] if line.startswith("RUN"))
    assert torch.endswith(" torch")
    assert "from=code" in code
    assert "--no-deps" in code


def test_the_image_installs_what_the_project_asks_for(stages):
    (install,) = (line for line in stages["base"] if "requirements.txt" in line)
    listing = re.search(r'python -c "(.*?)"', install)[1]
    done = subprocess.run([sys.executable, "-c", listing], cwd=ROOT, capture_output=True, text=True, check=True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {*project["dependencies"], *project["optional-dependencies"]["s3"]}
    (torch,) = wanted - set(done.stdout.split())
    assert torch.startswith("torch>")


@pytest.mark.parametrize("target", ["cpu", "cuda"])
def test_the_image_runs_as_the_user_that_kubernetes_names(stages, target):
    assert stages[target][0] == f"FROM app AS {target}"
    assert f"USER {USER}" in stages["app"]
    assert any(f"useradd --uid {USER}" in line for line in stages["base"])
    assert 'ENTRYPOINT ["ecgscale"]' in stages["base"]


@dataclass
class Stack:
    """The services of a compose file as processes of this machine.

    Attributes:
        here: what stands here for what a container has, text for text.
        programs: where the programs of health checks are.
        running: processes by service; Postgres, which is here already, has none.
        seen: the command lines of all processes of this machine.
    """

    services: Mapping[str, Any]
    here: Mapping[str, str]
    programs: Mapping[str, str]
    logs: Path
    running: dict[str, list[subprocess.Popen[bytes]]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def up(self, scale):
        """Start all in their order, each when what it depends on is as it says."""
        needs = {name: service.get("depends_on", {}) for name, service in self.services.items()}
        order = list(TopologicalSorter(needs).static_order())
        for name in order:
            for needed, wanted in needs[name].items():
                self.wait(needed, wanted["condition"])
            self.start(name, scale.get(name, 1))
        return order

    def start(self, name, count=1):
        if "command" not in self.services[name]:
            return
        environment = {key: self._as_here(value) for key, value in self.services[name]["environment"].items()}
        command = [
            sys.executable,
            "-P",
            "-m",
            "search.cli",
            *shlex.split(self._as_here(self.services[name]["command"])),
        ]
        for number in range(count):
            with self._log(name, number).open("a") as log:
                process = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log)
            self.running.setdefault(name, []).append(process)

    def wait(self, name, condition):
        if condition == "service_completed_successfully":
            assert self.ended(name) == [0], self.told(name)
        else:
            assert condition == "service_healthy"
            self.wait_until_healthy(name)

    def wait_until_healthy(self, name):
        until = time.monotonic() + 90
        while not self.is_healthy(name):
            assert time.monotonic() < until, self.told(name)
            time.sleep(0.2)

    def is_healthy(self, name):
        kind, program, *arguments = self.services[name]["healthcheck"]["test"]
        assert kind == "CMD"
        check = [self.programs[program], *map(self._as_here, arguments)]
        return subprocess.run(check, capture_output=True, check=False, timeout=30).returncode == 0

    def ended(self, name):
        """Exit codes of a service's processes, once they have ended."""
        until = time.monotonic() + 240
        while any(process.poll() is None for process in self.running[name]):
            assert time.monotonic() < until, self.told(name)
            self.seen |= {" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])}
            time.sleep(0.2)
        return [process.returncode for process in self.running[name]]

    def told(self, name):
        return "".join(log.read_text() for log in sorted(self.logs.glob(f"{name}-*.log")))

    def down(self):
        for process in [process for processes in self.running.values() for process in processes]:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _as_here(self, text):
        for there, here in self.here.items():
            text = text.replace(there, here)
        return text

    def _log(self, name, number):
        return self.logs / f"{name}-{number}.log"


@contextmanager
def running(stack):
    try:
        yield stack
    finally:
        stack.down()


@pytest.fixture
def port():
    return free_port()


DASHBOARD_PASSWORD = "pl4nted-for-the-dashboard"


@pytest.fixture
def stack(postgres15, store, tmp_path, port, monkeypatch):
    monkeypatch.setenv("PGPORT", str(postgres15.port))  # for the health check, which names no port
    options = "--family resnet --trials 6 --epochs 1 --batch-size 32 --precision fp32 --max-flops 5e6"
    secret = tmp_path / "dashboard_password"
    secret.write_text(f"{DASHBOARD_PASSWORD}\n")
    here = {
        "postgres:5432/ecgscale": f"127.0.0.1:{postgres15.port}/postgres",
        "/data/store": str(store.path),
        "/run/secrets/db_password": str(postgres15.password_file),
        "/run/secrets/dashboard_password": str(secret),
        "/home/ecgscale/state": str(tmp_path / "state"),
        "0.0.0.0": "127.0.0.1",
        "8080": str(port),
    }
    programs = {"pg_isready": str(postgres15.programs / "pg_isready"), "python": sys.executable}
    services = described({"STUDY": "composed", "STUDY_OPTIONS": options, "THREADS": "1"})["services"]
    with running(Stack(services, here, programs, tmp_path)) as stack:
        yield stack


def answer(port, password=None):
    """Status of the dashboard's answer."""
    headers = {} if password is None else {"Authorization": f"Basic {b64encode(f'x:{password}'.encode()).decode()}"}
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/api/studies", headers=headers)
    return connection.getresponse().status


@pytest.mark.server
def test_the_services_run_in_their_order_and_the_study_ends(stack, postgres15, port, monkeypatch):
    order = stack.up({"worker": 4})
    assert order.index("postgres") < order.index("study") < order.index("worker")
    assert order.index("postgres") < order.index("dashboard")
    stack.wait_until_healthy("dashboard")
    assert (answer(port), answer(port, "wrong"), answer(port, DASHBOARD_PASSWORD)) == (401, 401, 200)
    assert stack.ended("worker") == [0, 0, 0, 0], stack.told("worker")

    monkeypatch.setenv("ECGSCALE_STORAGE_PASSWORD_FILE", str(postgres15.password_file))
    database = open_database(postgres15.url)
    assert progress(database, find_study(database, "composed")).states == {"complete": 6}

    stack.start("study")  # `docker compose up` once more
    assert stack.ended("study") == [0, 0]
    assert "stays as it is: 6 trials of resnet" in stack.told("study")

    assert any("search.cli worker" in line for line in stack.seen)
    said = "".join(map(stack.told, OURS))
    assert f"127.0.0.1:{postgres15.port}/postgres on http://127.0.0.1:{port}/" in said
    for secret in (postgres15.password, DASHBOARD_PASSWORD):
        assert secret.startswith("pl4nted")
        assert not [line for line in stack.seen if secret in line]
        assert secret not in said


@pytest.mark.server
def test_a_service_that_is_not_there_is_not_healthy(stack):
    assert stack.is_healthy("postgres")
    assert not stack.is_healthy("dashboard")
