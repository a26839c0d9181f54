import json
import re
import threading
import urllib.error
import urllib.request
from base64 import b64encode
from http.client import HTTPConnection

import pytest

from search.dashboard import make_dashboard, read_password
from search.errors import ConfigError


def _served(server):
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def served(database):
    yield from _served(make_dashboard(database, "127.0.0.1", 0))


def test_the_dashboard_lists_our_studies(served, study):
    with urllib.request.urlopen(f"http://127.0.0.1:{served.server_port}/api/studies", timeout=30) as answer:
        names = [entry["study_name"] for entry in json.load(answer)["study_summaries"]]
    assert study.name in names


def test_a_taken_port_is_one_sentence(database, served):
    with pytest.raises(ConfigError, match=rf"cannot listen on 127.0.0.1:{served.server_port}: .*choose another --port"):
        make_dashboard(database, "127.0.0.1", served.server_port)


PASSWORD = b"pl4nted-\xc3\xa4"


@pytest.fixture
def locked(database):
    yield from _served(make_dashboard(database, "127.0.0.1", 0, PASSWORD))


def _status(server, path, password=None, method="GET"):
    headers = {} if password is None else {"Authorization": f"Basic {b64encode(b'anybody:' + password).decode()}"}
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    try:
        connection.request(method, path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_every_route_asks_for_the_password(locked):
    rules = [(route.method, route.rule.replace("<:re:(/.*)?>", "")) for route in locked.get_app().routes]
    routes = [(method, re.sub(r"<[^>]*>", "1", rule)) for method, rule in rules]
    assert {path.split("/")[1] for _, path in routes} >= {"", "api", "static", "dashboard"}
    for method, path in [*routes, ("GET", "/dashboard/studies/1"), ("HEAD", "/dashboard"), ("GET", "/api/studies/")]:
        assert _status(locked, path, method=method) == 401, (method, path)


def test_the_password_opens_it_and_nothing_else_does(locked, capfd):
    assert _status(locked, "/api/studies", PASSWORD) == 200
    assert _status(locked, "/dashboard", PASSWORD) == 200
    for wrong in (b"", b"pl4nted", PASSWORD + b"x", b"\xff"):
        assert _status(locked, "/api/studies", wrong) == 401
    assert "pl4nted" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("header", ["Basic", "Basic ???", "Bearer pl4nted", "Basic YQ=="])
def test_a_mutilated_header_is_no_password(locked, header):
    request = urllib.request.Request(
        f"http://127.0.0.1:{locked.server_port}/api/studies", headers={"Authorization": header}
    )
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(request, timeout=30)


def test_a_password_is_read_without_its_line_end(tmp_path):
    (tmp_path / "password").write_bytes(b"pl4nted word\r\n")
    assert read_password(tmp_path / "password") == b"pl4nted word"


def test_a_password_file_without_a_password_is_one_sentence(tmp_path):
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(ConfigError, match=r"empty holds no password; write one into it"):
        read_password(tmp_path / "empty")
    with pytest.raises(ConfigError, match=r"cannot be read from .*absent: No such file or directory; name a file with"):
        read_password(tmp_path / "absent")
