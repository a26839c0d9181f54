"""What Kang, Nam, Lee found on EcoScale-Net against OS-CNN (arXiv 2510.24748)."""

from collections.abc import Mapping

import pandas as pd

from analysis.claims.claim import ABOVE, Claim, Finding, Verdict
from analysis.design_space import compare
from analysis.trials import Trials

_SOURCE = "Kang, Nam, Lee, arXiv 2510.24748"
_OURS, _THEIRS = "ecoscale", "oscnn"
_SAVINGS = {"params": ("parameters", -0.90), "flops": ("FLOPs", -0.99)}
_ROUNDED = 0.005  # the source prints whole percents
_MACRO_F1 = "macro_f1"
_F1 = Finding(
    "EcoScale-Net reaches a higher macro F1 than OS-CNN (the source: +2.4 %)",
    _SOURCE,
    "macro F1 of EcoScale-Net less that of OS-CNN, expected best",
    "expected best of a tenth as many trials of each family, in closed form; bootstrap interval",
    ABOVE,
)


def check_ecoscale(
    complete: Trials, networks: Mapping[str, Mapping[str, float]], *, seed: int = 0
) -> tuple[Claim, ...]:
    """Its two savings, by exact arithmetic, and the score of what was trained.

    Args:
        networks: `params` and `flops` of `ecoscale` and `oscnn`; one that does not fit the input is missing.
    """
    return (*(_saving(networks, by) for by in _SAVINGS), _macro_f1(complete, seed))


def _saving(networks: Mapping[str, Mapping[str, float]], by: str) -> Claim:
    """The change of cost from OS-CNN to EcoScale-Net at the works' sizes and the study's input, exactly."""
    name, claimed = _SAVINGS[by]
    finding = Finding(
        f"EcoScale-Net needs {-claimed:.0%} fewer {name} than OS-CNN",
        _SOURCE,
        f"{name} of EcoScale-Net over those of OS-CNN as its own paper sizes it, less 1:",
        "exact cost of both at the works' sizes and the study's input; which OS-CNN the source took is not known to us",
        (-1.0, claimed + _ROUNDED),
        "networks",
    )
    if not {_OURS, _THEIRS} <= networks.keys():
        return finding.untold("not both networks fit the study's input", len(networks))
    change = networks[_OURS][by] / networks[_THEIRS][by] - 1
    verdict = Verdict.REPRODUCED if change <= finding.claimed[1] else Verdict.CONTRADICTED
    return finding.told(verdict, change, None, 2, None)


def _macro_f1(complete: Trials, seed: int) -> Claim:
    """EcoScale-Net against OS-CNN at an equal number of trials of each."""
    if _MACRO_F1 not in complete.attrs or "family" not in complete.params:
        return _F1.untold("no trial has a macro F1 and a family", 0)
    scores: pd.Series = complete.attrs[_MACRO_F1].astype(float)
    errors = [1 - scores[complete.params["family"] == name].to_numpy() for name in (_OURS, _THEIRS)]
    found = compare(errors[0], errors[1], seed=seed)
    if found.best is None:
        return _F1.untold(str(found.why), sum(found.n))
    low, high = found.best.ci95
    return _F1.judged(-found.best.difference, (-high, -low), sum(found.n))
