"""The findings of the Tianchi (Hefei) ECG competition, which are Chinese phrases, and their groups."""

from collections.abc import Iterable

from ecg.labels.vocabulary import AXIS, CONDUCTION, INTERVAL, OTHER, RHYTHM, Label, Vocabulary

_GROUP_OF = {  # what a phrase contains, the more particular first
    "间期": INTERVAL,  # interval
    "一度房室": INTERVAL,  # first-degree AV
    "电轴": AXIS,  # electrical axis
    "传导": CONDUCTION,  # conduction
    "分支": CONDUCTION,  # fascicle
    "预激": CONDUCTION,  # pre-excitation
    "心律": RHYTHM,  # rhythm
    "心动": RHYTHM,  # tachy- and bradycardia
    "早搏": RHYTHM,  # premature beat
    "颤动": RHYTHM,  # fibrillation
    "扑动": RHYTHM,  # flutter
    "逸搏": RHYTHM,  # escape beat
}


def tianchi(findings: Iterable[str]) -> Vocabulary:
    """A vocabulary of the findings, in the order given."""
    return Vocabulary("tianchi", tuple(Label(finding, (finding,), finding, _group(finding)) for finding in findings))


def _group(finding: str) -> str:
    return next((group for part, group in _GROUP_OF.items() if part in finding), OTHER)
