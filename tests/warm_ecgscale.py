"""`ecgscale` without its start: one process has imported everything, and forks for each command.

    python warm_ecgscale.py serve SOCKET           # says "ready", then answers until it is killed
    python warm_ecgscale.py run SOCKET ARGUMENT... # runs `ecgscale ARGUMENT...` here, in a fork of it

Most of a short command's time is spent on its imports; the guides hold a hundred commands.
"""

import atexit
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

_LARGEST = 1 << 20
_PID_BYTES = 8


def serve(place: str) -> None:
    import search.cli  # and below all that commands import lazily: torch, Optuna, pandas, SciPy, scikit-learn
    import search.reporting
    import search.worker

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(place)
        server.listen()
        print("ready", flush=True)
        while True:
            with server.accept()[0] as caller:
                told, streams, _, _ = socket.recv_fds(caller, _LARGEST, 3)
                if os.fork() == 0:
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    caller.send(os.getpid().to_bytes(_PID_BYTES))
                    _become(json.loads(told), streams)
                    _carry_out(search.cli.main, caller)
                for stream in streams:
                    os.close(stream)


def _become(command: dict[str, Any], streams: list[int]) -> None:
    """Take over the caller's arguments, folder, environment and streams."""
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    os.chdir(command["folder"])
    os.environ.clear()
    os.environ.update(command["environment"])
    sys.argv = ["ecgscale", *command["arguments"]]


def _carry_out(main: Callable[[], NoReturn], caller: socket.socket) -> NoReturn:
    """End without taking apart all that was imported, which would take longer than most commands."""
    code = 1
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        caller.send(bytes([code]))
        os._exit(code)


def run(place: str, arguments: list[str]) -> int:
    """The command's exit code, 1 where it was killed; whoever interrupts this process interrupts the command."""
    command = {"arguments": arguments, "folder": str(Path.cwd()), "environment": dict(os.environ)}
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(place)
        socket.send_fds(server, [json.dumps(command).encode()], [0, 1, 2])
        fork = int.from_bytes(server.recv(_PID_BYTES))
        for told in (signal.SIGINT, signal.SIGTERM):
            signal.signal(told, lambda number, _: os.kill(fork, number))
        answer = server.recv(1)
        return answer[0] if answer else 1


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    sys.exit(run(sys.argv[2], sys.argv[3:]))
