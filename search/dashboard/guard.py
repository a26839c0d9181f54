"""Who may see the dashboard, and what they may do."""

import hashlib
import hmac
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from search.dashboard.answer import Answer, Application, Environ, StartResponse
from search.errors import ConfigError

_READING = ("GET", "HEAD")
_TOKEN = "token"
_MOST_HEARD = 2**20  # bytes


@dataclass(frozen=True)
class Guard:
    """What is asked of every request before it is looked at.

    Attributes:
        secret: a password or a token, asked for as the password of any user (Basic), as a Bearer token, or once as
            ?token= in the address, which is then kept in a cookie; None asks for nothing.
        writable: whether anything can be changed.
        local: only requests to names of this machine are answered. A page from elsewhere whose name is made to lead
            here (DNS rebinding) could otherwise read what the browser of somebody on this machine can reach.
    """

    secret: bytes | None
    writable: bool
    local: bool

    def around(self, application: Application) -> Application:
        """The application behind this guard."""

        def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            refused = self.check(environ)
            if refused is None:
                return application(environ, start_response)
            _hear_out(environ)
            return refused.send(environ, start_response)

        return answer

    def check(self, environ: Environ) -> Answer | None:
        """What is answered instead, or nothing to object to."""
        host = environ.get("HTTP_HOST", "")
        if self.local and not is_loopback(_name_of(host)):
            return Answer.refusal(
                HTTPStatus.FORBIDDEN,
                f"this dashboard answers on localhost alone, but was asked as {host!r}; open it as localhost, through "
                "an ssh tunnel from elsewhere",
            )
        if self.secret is not None:
            admitted = self._admit(environ)
            if admitted is not None or not self._knows(environ):
                return admitted or _ask()
        if environ["REQUEST_METHOD"] not in _READING:
            return self._check_change(environ, host)
        return None

    def _check_change(self, environ: Environ, host: str) -> Answer | None:
        if not self.writable:
            return Answer.refusal(
                HTTPStatus.FORBIDDEN, "this dashboard only shows; start it with --writable to change studies in it"
            )
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and urlsplit(origin).netloc != host:
            return Answer.refusal(HTTPStatus.FORBIDDEN, f"a page of {origin} may not change studies here")
        return None

    def _knows(self, environ: Environ) -> bool:
        scheme, _, told = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._is_secret(told.strip().encode("latin-1"))
        if scheme.lower() == "basic":
            return self._is_secret(_password(told))
        return hmac.compare_digest(self._pass.encode(), _cookies(environ).get(_cookie_name(environ), "").encode())

    def _is_secret(self, told: bytes) -> bool:
        """Takes the same time however much of it is right."""
        assert self.secret is not None
        return hmac.compare_digest(self.secret, told)

    @property
    def _pass(self) -> str:
        """What the cookie holds: shows that its bearer knew the secret, and does not tell it."""
        assert self.secret is not None
        return hmac.new(self.secret, b"ecgscale dashboard", hashlib.sha256).hexdigest()

    def _admit(self, environ: Environ) -> Answer | None:
        """To whoever has the token in the address: the cookie, and the same address without the token."""
        query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        told = dict(query).get(_TOKEN)
        if told is None or environ["REQUEST_METHOD"] not in _READING or not self._is_secret(told.encode()):
            return None
        rest = urlencode([(name, value) for name, value in query if name != _TOKEN])
        path = "/" + quote(environ["PATH_INFO"].lstrip("/").encode("latin-1"))
        cookie = f"{_cookie_name(environ)}={self._pass}; Path=/; HttpOnly; SameSite=Strict"
        return Answer(HTTPStatus.SEE_OTHER, headers={"Location": f"{path}?{rest}".rstrip("?"), "Set-Cookie": cookie})


def is_loopback(host: str) -> bool:
    """Whether the name leads to this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def read_password(path: Path) -> bytes:
    """The password that a file holds, without blanks around it.

    Raises:
        ConfigError: it cannot be read, or holds none.
    """
    try:
        password = path.read_bytes().strip()
    except OSError as error:
        raise ConfigError(
            f"the dashboard's password cannot be read from {path}: {error.strerror}; name a file with --password-file"
        ) from error
    if not password:
        raise ConfigError(f"{path} holds no password; write one into it, such as that of: openssl rand -hex 24")
    return password


def _hear_out(environ: Environ) -> None:
    """A connection that is closed before all of a request was read may lose the answer too."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if length.isdecimal():
        environ["wsgi.input"].read(min(int(length), _MOST_HEARD))


def _ask() -> Answer:
    asked = Answer.refusal(HTTPStatus.UNAUTHORIZED, "the dashboard asks for its password, or for its token")
    return Answer(asked.status, asked.body, {**asked.headers, "WWW-Authenticate": 'Basic realm="ecgscale"'})


def _name_of(host: str) -> str:
    """The header's name without its port, and without the brackets of an IPv6 address."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _password(told: str) -> bytes:
    try:
        return b64decode(told).partition(b":")[2]
    except ValueError:
        return b""


def _cookies(environ: Environ) -> dict[str, str]:
    """By name; read here, since Python's own reader gives up all of them at the first that it does not like."""
    parts = (part.strip().partition("=") for part in environ.get("HTTP_COOKIE", "").split(";"))
    return {name: value for name, _, value in parts}


def _cookie_name(environ: Environ) -> str:
    """Browsers give cookies to every port of a host: two dashboards have one each."""
    return f"ecgscale-{environ['SERVER_PORT']}"
