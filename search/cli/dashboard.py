"""`ecgscale dashboard`."""

import secrets
import socket
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from search.cli.options import Plugin, Storage


def dashboard(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8080,
    password_file: Annotated[
        Path | None,
        typer.Option(
            help="Ask for the password that this file holds, with any user name; it is sent as it is, so across a "
            "network put TLS or an ssh tunnel before it. Default: none on this machine alone, a random token else.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    writable: Annotated[
        bool, typer.Option("--writable", help="Let whoever has the password or token write notes and delete studies.")
    ] = False,
    storage: Storage = None,
    plugin: Plugin = None,
) -> None:
    """Serve optuna-dashboard on all studies, with our figures and notes in it, until Ctrl-C.

    Example: ecgscale dashboard --port 8080
    """
    from search.dashboard import is_loopback, make_dashboard, read_password
    from storage.database import open_database

    password = None if password_file is None else read_password(password_file)
    token = secrets.token_urlsafe(24) if password is None and (writable or not is_loopback(host)) else None
    secret = password or (token.encode() if token else None)
    database = open_database(storage)
    with make_dashboard(database, host, port, secret=secret, writable=writable) as server:
        try:
            print(
                f"dashboard of {database.shown} on {_address(host, server.server_port, token)} (Ctrl-C ends it)",
                flush=True,
            )
            server.serve_forever()
        except KeyboardInterrupt:
            print("dashboard ended")


def _address(host: str, port: int, token: str | None) -> str:
    """What to type into a browser."""
    name = socket.gethostname() if host in ("", "0.0.0.0", "::") else host
    shown = f"[{name}]" if ":" in name else name
    return f"http://{shown}:{port}/" + (f"?token={quote(token)}" if token else "")
