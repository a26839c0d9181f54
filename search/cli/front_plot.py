"""Balanced accuracy over log FLOPs in Braille characters: eight dots to a character."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rich.text import Text

_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])  # a character's dots, U+2800 on
_FRONT, _OTHERS = "bold green", "dim"
_MARGIN = 6  # the scores' own width


def draw_front(values: np.ndarray, front: np.ndarray, width: int, height: int) -> "Text":
    """A plot of `height` lines, with the scores at its left and the FLOPs below; the front is a staircase.

    Args:
        values: n x 2, balanced accuracy and FLOPs, at least one row.
        front: n, whether a row is a member of the front.
        width: characters per line, above 20.
        height: lines, above 2.
    """
    from rich.text import Text

    rows, columns = height - 1, width - _MARGIN
    scores, costs = values[:, 0], np.log10(values[:, 1])
    y, x = _places(-scores, 4 * rows), _places(costs, 2 * columns)
    dots, stairs = np.zeros((2, 4 * rows, 2 * columns), dtype=bool)
    dots[y, x] = True
    _climb(stairs, x[front], y[front])
    characters = np.char.mod("%c", 0x2800 + _packed(dots | stairs))
    on_front = _packed(stairs) > 0
    labels = {y.max() // 4: f"{scores.min():.3f}", y.min() // 4: f"{scores.max():.3f}"}
    drawn = Text(no_wrap=True)
    for row in range(rows):
        label = labels.get(row, "")
        drawn.append(f"{label:>{_MARGIN - 1}} ")
        for character, member in zip(characters[row], on_front[row], strict=True):
            drawn.append(character.replace("\u2800", " "), _FRONT if member else _OTHERS)
        drawn.append("\n")
    return drawn.append(" " * _MARGIN + _ticks(costs, columns))


def _places(values: np.ndarray, steps: int) -> np.ndarray:
    """Where values lie among so many equal steps; in the middle where all are the same."""
    span = np.ptp(values)
    if span == 0:
        return np.full(len(values), steps // 2)
    places: np.ndarray = np.rint((values - values.min()) / span * (steps - 1)).astype(int)
    return places


def _climb(stairs: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
    """Mark the staircase through the members of a front: as good as the last until the next, which is better."""
    order = np.lexsort((y, x))
    corners = list(zip(x[order].tolist(), y[order].tolist(), strict=True))
    for (left, low), (right, high) in zip(corners, [*corners[1:], (stairs.shape[1] - 1, corners[-1][1])], strict=True):
        stairs[low, left : right + 1] = True
        stairs[min(low, high) : max(low, high) + 1, right] = True


def _packed(dots: np.ndarray) -> np.ndarray:
    """Eight dots to a number below 256."""
    rows, columns = dots.shape[0] // 4, dots.shape[1] // 2
    packed: np.ndarray = np.einsum("ridj,ij->rd", dots.reshape(rows, 4, columns, 2).astype(int), _BITS)
    return packed


def _ticks(costs: np.ndarray, columns: int) -> str:
    """The FLOPs at both ends."""
    from analysis.words import human_flops

    low, high = (human_flops(10 ** float(end)) for end in (costs.min(), costs.max()))
    if low == high:
        return low.center(columns)
    return low + high.rjust(columns - len(low)) if len(low) + len(high) < columns else low
