"""How a trial learned, as a small SVG."""

import math
from collections.abc import Sequence

from storage.curves import Epoch

_WIDTH, _HEIGHT = 420, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 410, 14, 166
_INK = "#7a7a7a"  # stands out from white and from black
_SCORES = (("balanced_accuracy", "balanced accuracy", "#0072B2", ""), ("macro_auroc", "AUROC", "#D55E00", "6 3"))


def draw_curve(epochs: Sequence[Epoch]) -> str:
    """Balanced accuracy and AUROC by epoch."""
    inside = _curves(epochs) if epochs else _text(_WIDTH / 2, _HEIGHT / 2, "no epoch is written of it", "middle")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" font-family="sans-serif" font-size="12" fill="{_INK}">{inside}</svg>'
    )


def _curves(epochs: Sequence[Epoch]) -> str:
    told = [getattr(epoch, name) for name, *_ in _SCORES for epoch in epochs]
    low, high = _ends([score for score in told if math.isfinite(score)])
    last = max(epoch.epoch for epoch in epochs)

    def across(epoch: int) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (epoch - 1) / max(last - 1, 1)

    def up(score: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * (score - low) / (high - low)

    parts = [_level(up(score), score) for score in (low, (low + high) / 2, high)]
    parts += [_text(across(epoch), _BOTTOM + 15, str(epoch), "middle") for epoch in sorted({1, last})]
    for i, (name, title, colour, dashes) in enumerate(_SCORES):
        points = [(across(e.epoch), up(getattr(e, name))) for e in epochs if math.isfinite(getattr(e, name))]
        parts.append(_line(points, colour, dashes))
        parts.append(f'<g fill="{colour}">{_text(_LEFT + 130 * i, _HEIGHT - 4, title)}</g>')
    return "".join([*parts, _text(_RIGHT, _HEIGHT - 4, "epoch", "end")])


def _ends(scores: Sequence[float]) -> tuple[float, float]:
    """Of the vertical axis: whole twentieths around all scores."""
    low = math.floor(20 * min(scores, default=0.0)) / 20
    return low, max(math.ceil(20 * max(scores, default=1.0)) / 20, low + 0.05)


def _level(y: float, score: float) -> str:
    line = f'<path d="M{_LEFT} {y:.1f}H{_RIGHT}" stroke="{_INK}" stroke-opacity=".35"/>'
    return line + _text(_LEFT - 6, y + 4, f"{score:.3g}", "end")


def _line(points: Sequence[tuple[float, float]], colour: str, dashes: str) -> str:
    shown = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in points)
    line = f'<polyline points="{shown}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>'
    return line + (dots if len(points) <= 50 else "")


def _text(x: float, y: float, told: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{told}</text>'
