"""docker-compose.yml without a container engine: its schema, and each service's command as a process."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from storage.database import open_database
from storage.progress import progress

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_the_file_follows_the_compose_specification():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, ROOT / "docker-compose.yml"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_nothing_is_published_beyond_loopback_and_no_password_is_written_down(compose):
    services = compose["services"]
    assert "ports" not in services["postgres"]
    assert all(port.startswith("127.0.0.1:") for port in services["dashboard"]["ports"])
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD_FILE"] == "/run/secrets/db_password"
    for name in ("worker", "dashboard"):
        assert re.search(r"//\w+@postgres:", services[name]["environment"]["ECGSCALE_STORAGE"])
        assert services[name]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_the_image_gets_every_file_that_the_package_needs():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = {name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]}
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == allowed
    assert {"search", "analysis", "models", "ecg", "storage", "ecgscale.py", "pyproject.toml"} <= copied
    assert all((ROOT / name).exists() for name in copied)


@pytest.fixture
def environment(compose, postgres15, monkeypatch, tmp_path):
    """The services' environment, with the test's server and secret in the place of the containers'."""
    service = compose["services"]["worker"]["environment"]
    storage = service["ECGSCALE_STORAGE"].replace("postgres:5432/ecgscale", f"127.0.0.1:{postgres15.port}/postgres")
    assert storage == postgres15.url
    monkeypatch.setenv("ECGSCALE_STORAGE", storage)
    monkeypatch.setenv("ECGSCALE_STORAGE_PASSWORD_FILE", str(postgres15.password_file))
    monkeypatch.setenv("ECGSCALE_HOME", str(tmp_path / "state"))


def _start(service, **changes):
    arguments = [changes.get(argument, argument) for argument in service["command"]]
    return subprocess.Popen([sys.executable, "-m", "search.cli", *arguments], stdout=subprocess.PIPE, text=True)


@pytest.mark.server
def test_each_services_command_runs_in_its_order(compose, postgres15, environment, store):
    services = compose["services"]
    _, ready, *arguments = services["postgres"]["healthcheck"]["test"]
    assert "--host=127.0.0.1" in arguments  # the socket answers already while the server is still being set up
    here = f"--port={postgres15.port}"
    assert subprocess.run([postgres15.programs / ready, *arguments, here], check=False).returncode == 0

    create = ["study", "create", "first", "--store", str(store.path), "--family", "resnet", "--trials", "2"]
    subprocess.run(
        [sys.executable, "-m", "search.cli", *create, "--epochs", "1", "--max-flops", "5e6"],
        check=True,
        capture_output=True,
    )
    workers = [_start(services["worker"], **{"${STUDY:-first}": "first"}) for _ in range(2)]
    assert [worker.wait(180) for worker in workers] == [0, 0]
    database = open_database()
    from storage.studies import find_study

    assert progress(database, find_study(database, "first")).counted == 2

    dashboard = _start(services["dashboard"], **{"0.0.0.0": "127.0.0.1", "8080": "0"})
    try:
        assert f"127.0.0.1:{postgres15.port}/postgres on http://127.0.0.1:" in dashboard.stdout.readline()
    finally:
        dashboard.send_signal(signal.SIGINT)
        dashboard.wait(30)
