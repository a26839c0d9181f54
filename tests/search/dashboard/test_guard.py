import re
import urllib.error
import urllib.request
from base64 import b64encode

import pytest
from optuna_dashboard import wsgi

from search.dashboard import is_loopback, make_dashboard, read_password
from search.errors import ConfigError

PASSWORD = b"pl4nted-\xc3\xa4"


def _basic(password):
    return f"Basic {b64encode(b'anybody:' + password).decode()}"


@pytest.fixture(scope="module")
def routes(database):
    """Every route of optuna-dashboard, with a path that it takes."""
    rules = [(route.method, route.rule.replace("<:re:(/.*)?>", "")) for route in wsgi(database.optuna_storage()).routes]
    found = [(method, re.sub(r"<[^>]*>", "1", rule)) for method, rule in rules]
    assert {path.split("/")[1] for _, path in found} >= {"", "api", "static", "dashboard", "artifacts", "csv"}
    return found


def test_every_route_asks_for_the_password(make_application, ask, routes):
    locked = make_application(secret=PASSWORD)
    others = [("GET", "/dashboard/studies/1"), ("HEAD", "/dashboard"), ("GET", "/api/studies/")]
    for method, path in [*routes, *others, ("GET", "/artifacts/1/1/curve.svg"), ("BREW", "/")]:
        assert ask(locked, path, method=method).status == 401, (method, path)


def test_the_password_opens_it_and_nothing_else_does(make_application, ask, capfd):
    locked = make_application(secret=PASSWORD)
    for path in ("/api/studies", "/dashboard"):
        assert ask(locked, path, authorization=_basic(PASSWORD)).status == 200
        assert ask(locked, path, authorization=f"Bearer {PASSWORD.decode('latin-1')}").status == 200
    for wrong in (b"", b"pl4nted", PASSWORD + b"x", b"\xff"):
        assert ask(locked, "/api/studies", authorization=_basic(wrong)).status == 401
    assert "pl4nted" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "header", ["Basic", "Basic ???", "Bearer pl4nted", "Basic YQ==", "Bearer", "\xff", "Basic \xff"]
)
def test_a_mutilated_header_is_no_password(make_application, ask, header):
    assert ask(make_application(secret=PASSWORD), "/api/studies", authorization=header).status == 401


@pytest.mark.parametrize(
    "cookie", ["", "ecgscale-8080=", "ecgscale-8080=pl4nted", "ecgscale-8080=\xff", "a b;;=", "ecgscale-8080"]
)
def test_a_made_up_cookie_opens_nothing(make_application, ask, cookie):
    assert ask(make_application(secret=PASSWORD), "/api/studies", cookie=cookie).status == 401


def test_a_token_in_the_address_becomes_a_cookie(make_application, ask):
    locked = make_application(secret=b"pl4nted")
    entered = ask(locked, "/dashboard/studies/1?token=pl4nted&a=b")
    assert (entered.status, entered.headers["Location"]) == (303, "/dashboard/studies/1?a=b")
    cookie, *terms = entered.headers["Set-Cookie"].split("; ")
    assert set(terms) == {"Path=/", "HttpOnly", "SameSite=Strict"}
    assert "pl4nted" not in cookie
    assert ask(locked, "/api/studies", cookie=cookie).status == 200
    assert ask(locked, "/api/studies", cookie=cookie + "0").status == 401
    for others in ('foo={"a":1}', "pref=a b", "a@b=1", "novalue", "\xe9=1"):
        assert ask(locked, "/api/studies", cookie=f"{others}; {cookie}; {others}").status == 200
    assert ask(locked, "/dashboard?token=pl4nted", cookie=cookie).headers["Location"] == "/dashboard"
    assert ask(locked, "/api/studies?token=planted").status == 401
    assert ask(make_application(secret=b"another"), "/api/studies", cookie=cookie).status == 401


@pytest.mark.parametrize("path", ["//evil.example/", "/\r\nX-Planted: 1", "/\\evil.example"])
def test_a_token_leads_nowhere_else(make_application, ask, path):
    where = ask(make_application(secret=b"pl4nted"), f"{path}?token=pl4nted").headers["Location"]
    assert re.fullmatch(r"/[^/\\\r\n][^\\\r\n]*", where)


def test_without_writable_nothing_can_be_changed(application, ask, routes, study, database):
    changes = [(method, path) for method, path in routes if method not in ("GET", "HEAD")]
    assert len(changes) > 10
    for method, path in [*changes, ("DELETE", f"/api/studies/{study.id}"), ("BREW", "/"), ("OPTIONS", "/api/studies")]:
        answer = ask(application, path, method=method, body={})
        assert (answer.status, "start it with --writable" in answer.json["reason"]) == (403, True), (method, path)
    assert ask(application, f"/api/studies/{study.id}").status == 200


def test_with_writable_a_study_can_be_deleted_but_not_from_a_page_elsewhere(make_application, ask, study):
    writable = make_application(writable=True)
    path = f"/api/studies/{study.id}"
    for origin in ("http://evil.example", "http://localhost:9999", "null"):
        assert ask(writable, path, method="DELETE", body={}, origin=origin).status == 403
    assert ask(writable, path, method="DELETE", body={}, origin="http://localhost:8080").status == 204
    assert ask(writable, path).status == 404


@pytest.mark.parametrize("host", ["localhost", "localhost:9000", "127.0.0.1:8080", "[::1]:8080", "a.localhost"])
def test_names_of_this_machine_are_answered(application, ask, host):
    assert ask(application, "/api/studies", host=host).status == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "", "[", "10.0.0.1"])
def test_other_names_are_not(application, ask, host):
    answer = ask(application, "/api/studies", host=host)
    assert (answer.status, "answers on localhost alone" in answer.json["reason"]) == (403, True)


def test_every_answer_tells_the_browser_to_be_careful(application, ask, study):
    for path in ("/dashboard", "/api/studies", f"/api/studies/{study.id}", "/static/bundle.js", "/absent"):
        headers = ask(application, path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "unsafe-inline'" not in headers["Content-Security-Policy"].partition("script-src")[2]


def test_a_server_asks_too(serve):
    server = serve(secret=PASSWORD)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/api/studies", timeout=30)


def test_a_refusal_arrives_whatever_was_sent(serve):
    request = urllib.request.Request(
        f"http://127.0.0.1:{serve().server_port}/api/studies/1/note", data=b"x" * 900_000, method="PUT"
    )
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request, timeout=30)


def test_a_taken_port_is_one_sentence(database, serve):
    port = serve().server_port
    with pytest.raises(ConfigError, match=rf"cannot listen on 127.0.0.1:{port}: .*choose another --port"):
        make_dashboard(database, "127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "is_one"), [("localhost", True), ("::1", True), ("127.0.0.2", True), ("0.0.0.0", False)]
)
def test_which_addresses_are_this_machines_alone(host, is_one):
    assert is_loopback(host) == is_one


def test_a_password_is_read_without_its_line_end(tmp_path):
    (tmp_path / "password").write_bytes(b"pl4nted word\r\n")
    assert read_password(tmp_path / "password") == b"pl4nted word"


def test_a_password_file_without_a_password_is_one_sentence(tmp_path):
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(ConfigError, match=r"empty holds no password; write one into it"):
        read_password(tmp_path / "empty")
    with pytest.raises(ConfigError, match=r"cannot be read from .*absent: No such file or directory; name a file with"):
        read_password(tmp_path / "absent")
