"""What becomes of a worker that died, and what it last said.

It travels to the nodes of a Ray cluster as it is, so it imports nothing of ours.
"""

_PAUSES_S = (1.0, 2.0, 4.0)
_LAST_LINES = 4
_LONGEST_LINE = 160
_CRASH = "Fatal Python error"


def pause_after(deaths: int) -> float | None:
    """Seconds until a worker is started again that has died so often in a row; None: it is given up."""
    return _PAUSES_S[deaths - 1] if deaths <= len(_PAUSES_S) else None


def last_lines(written: bytes) -> list[str]:
    """The last lines that a worker wrote; where Python tells of a crash, the first ones of that."""
    lines = [line for line in written.decode(errors="replace").splitlines() if line.strip()]
    lines = [line.removeprefix("ecgscale: ")[:_LONGEST_LINE] for line in lines]
    crash = next((i for i in reversed(range(len(lines))) if lines[i].startswith(_CRASH)), None)
    return lines[-_LAST_LINES:] if crash is None else lines[crash : crash + _LAST_LINES]
