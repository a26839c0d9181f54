"""What a route answers, and how it goes out."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # an address may hold a token
}
_POLICY = "default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True)
class Answer:
    """A response before it is sent."""

    status: HTTPStatus
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, data: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK) -> "Answer":
        return cls(status, json.dumps(data).encode(), {"Content-Type": "application/json"})

    @classmethod
    def refusal(cls, status: HTTPStatus, reason: str) -> "Answer":
        """Says why, as optuna-dashboard's page wants to be told."""
        return cls.of_json({"reason": reason}, status)

    def send(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """To HEAD without its body."""
        headers = {**self.headers, "Content-Length": str(len(self.body))}
        start_response(f"{self.status.value} {self.status.phrase}", list(headers.items()))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.body]


def hardened(application: Application) -> Application:
    """The same, with headers that let a browser do with any answer only what the dashboard's page needs."""

    def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            given = {name.lower() for name, _ in headers}
            added = {**_EVERYWHERE, "Content-Security-Policy": _POLICY}
            return start_response(
                status,
                [*headers, *((name, value) for name, value in added.items() if name.lower() not in given)],
                *rest,
            )

        return application(environ, start)

    return answer
