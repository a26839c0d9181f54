"""Label vocabularies: which classes a record store holds, in which order, in which group.

`CHALLENGE` is the 26 scored classes of the PhysioNet/CinC 2021 challenge in the order of its weight matrix
(Reyna et al., "Will Two Do? Varying Dimensions in Electrocardiography", CinC 2021). `PTBXL_SUPERCLASSES` is the
five diagnostic super-classes of PTB-XL (Wagner et al., Scientific Data 7:154, 2020).
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    """One class: its short name, the codes that mean it, what it says and the group it is analysed in."""

    name: str
    codes: tuple[str, ...]
    meaning: str
    group: str


@dataclass(frozen=True)
class Vocabulary:
    """An ordered set of classes; column `i` of a store's labels is `labels[i]`."""

    name: str
    labels: tuple[Label, ...]

    @property
    def names(self) -> list[str]:
        return [label.name for label in self.labels]

    def positions(self, codes: Iterable[str]) -> frozenset[int]:
        """Columns that `codes` make positive; codes outside the vocabulary are ignored."""
        wanted = set(codes)
        return frozenset(i for i, label in enumerate(self.labels) if wanted.intersection(label.codes))


RHYTHM, CONDUCTION, AXIS, INTERVAL, OTHER = (
    "arrhythmia",
    "conduction disorder",
    "axis deviation",
    "prolonged interval",
    "other",
)

CHALLENGE = Vocabulary(
    "challenge2021",
    (
        Label("AF", ("164889003",), "atrial fibrillation", RHYTHM),
        Label("AFL", ("164890007",), "atrial flutter", RHYTHM),
        Label("BBB", ("6374002",), "bundle branch block", CONDUCTION),
        Label("Brady", ("426627000",), "bradycardia", RHYTHM),
        Label("LBBB", ("733534002", "164909002"), "(complete) left bundle branch block", CONDUCTION),
        Label("RBBB", ("713427006", "59118001"), "(complete) right bundle branch block", CONDUCTION),
        Label("IAVB", ("270492004",), "first-degree AV block", INTERVAL),
        Label("IRBBB", ("713426002",), "incomplete right bundle branch block", CONDUCTION),
        Label("LAD", ("39732003",), "left axis deviation", AXIS),
        Label("LAnFB", ("445118002",), "left anterior fascicular block", CONDUCTION),
        Label("LPR", ("164947007",), "prolonged PR interval", INTERVAL),
        Label("LQRSV", ("251146004",), "low QRS voltages", OTHER),
        Label("LQT", ("111975006",), "prolonged QT interval", INTERVAL),
        Label("NSIVCB", ("698252002",), "non-specific intraventricular conduction disorder", CONDUCTION),
        Label("NSR", ("426783006",), "sinus rhythm", RHYTHM),
        Label("PAC", ("284470004", "63593006"), "premature atrial contraction", RHYTHM),
        Label("PR", ("10370003",), "pacing rhythm", RHYTHM),
        Label("PRWP", ("365413008",), "poor R wave progression", OTHER),
        Label("PVC", ("427172004", "17338001"), "premature ventricular contractions", RHYTHM),
        Label("QAb", ("164917005",), "Q wave abnormal", OTHER),
        Label("RAD", ("47665007",), "right axis deviation", AXIS),
        Label("SA", ("427393009",), "sinus arrhythmia", RHYTHM),
        Label("SB", ("426177001",), "sinus bradycardia", RHYTHM),
        Label("STach", ("427084000",), "sinus tachycardia", RHYTHM),
        Label("TAb", ("164934002",), "T wave abnormal", OTHER),
        Label("TInv", ("59931005",), "T wave inversion", OTHER),
    ),
)

PTBXL_SUPERCLASSES = Vocabulary(
    "ptbxl_superclasses",
    (
        Label("NORM", ("NORM",), "normal ECG", OTHER),
        Label("MI", ("MI",), "myocardial infarction", OTHER),
        Label("STTC", ("STTC",), "ST/T change", OTHER),
        Label("CD", ("CD",), "conduction disturbance", CONDUCTION),
        Label("HYP", ("HYP",), "hypertrophy", OTHER),
    ),
)

VOCABULARIES = {vocabulary.name: vocabulary for vocabulary in (CHALLENGE, PTBXL_SUPERCLASSES)}
