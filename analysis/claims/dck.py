"""What Lee, Jo, Kwon found on scaling a ResNet by depth D, channels C and kernel size K (arXiv 2308.12492)."""

from analysis.claims.arms import compare_arms
from analysis.claims.claim import ABOVE, BELOW, Claim, Finding, Verdict
from analysis.labels import Effect, LabelAnalysis, OneSize, OneSizeVerdict, PoolingField
from analysis.labels import Verdict as Told
from analysis.trials import Trials

_SOURCE = "Lee, Jo, Kwon, arXiv 2308.12492"
_REGRESSION = "linear regression on log2 of depth, width and kernel, and on pooling; HC3 interval"
_FIELD = "linear regression on log2 of the receptive field, adjusted for FLOPs; HC3 interval"
_SCALES = {
    "depth": Finding("shallower is better", _SOURCE, "balanced accuracy per doubling of the depth", _REGRESSION, BELOW),
    "width": Finding("wider is better", _SOURCE, "balanced accuracy per doubling of the width", _REGRESSION, ABOVE),
    "kernel": Finding(
        "smaller kernels are better", _SOURCE, "balanced accuracy per doubling of the kernel", _REGRESSION, BELOW
    ),
    "receptive_field": Finding(
        "a smaller receptive field helps", _SOURCE, "balanced accuracy per doubling of the field", _FIELD, BELOW
    ),
}
_OWN_SCALE = Finding(
    "the best scale differs per group of labels",
    _SOURCE,
    "largest gain of balanced accuracy from architectures of a group's own",
    "gains by cross-fitting on halves of the trials, intervals for all groups at once",
    ABOVE,
)
_POOLING = Finding(
    "global average pooling regularises where the field is local",
    _SOURCE,
    "balanced accuracy by which it is ahead at the 10th percentile of the field",
    "regression on field, FLOPs, average pooling and its product with the field: it is ahead where the field is local, "
    "and the less the larger the field; HC3 intervals",
    ABOVE,
)
_NO_LABELS = "no trial has scores by label"
_VERDICTS = {Told.YES: Verdict.REPRODUCED, Told.NO: Verdict.CONTRADICTED, Told.UNTOLD: Verdict.UNDECIDED}
_SIZES = {
    OneSizeVerdict.OWN: Verdict.REPRODUCED,
    OneSizeVerdict.ONE_SIZE: Verdict.CONTRADICTED,
    OneSizeVerdict.UNTOLD: Verdict.UNDECIDED,
}


def check_dck(complete: Trials, labels: LabelAnalysis | None, *, seed: int = 0) -> tuple[Claim, ...]:
    """Its findings, that of the narrowed space last."""
    return (*_of_labels(labels), *compare_arms(complete, _SOURCE, seed=seed))


def _of_labels(labels: LabelAnalysis | None) -> tuple[Claim, ...]:
    if labels is None:
        return tuple(finding.untold(_NO_LABELS, 0) for finding in (*_SCALES.values(), _OWN_SCALE, _POOLING))
    effects = {effect.factor: effect for effect in labels.overall.effects}
    scales = (_scale(finding, effects[name]) for name, finding in _SCALES.items())
    return (*scales, _own_scale(labels.one_size, labels.n), _pooling(labels.pooling_field[0]))


def _scale(finding: Finding, effect: Effect) -> Claim:
    if effect.effect is None or effect.ci95 is None:
        return finding.untold(str(effect.why), effect.n)
    return finding.judged(effect.effect, effect.ci95, effect.n)


def _own_scale(found: OneSize, n: int) -> Claim:
    """By the gains of all groups: one that gains suffices, none must."""
    if not found.gains:
        return _OWN_SCALE.untold(found.sentence.rstrip("."), n)
    largest = found.gains[0]
    return _OWN_SCALE.told(_SIZES[found.verdict], largest.gain, largest.ci95, largest.n, found.sentence)


def _pooling(found: PoolingField) -> Claim:
    if found.local_advantage is None:
        return _POOLING.untold(found.sentence.rstrip("."), found.n)
    ahead = found.local_advantage
    return _POOLING.told(_VERDICTS[found.verdict], ahead.value, ahead.ci95, found.n, found.sentence)
