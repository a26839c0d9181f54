"""The label vocabularies of PTB-XL (Wagner et al., Scientific Data 7:154, 2020).

A record carries SCP-ECG statements; the diagnostic ones belong to one of 23 sub-classes, and these to one of five
super-classes. Which statement belongs where is read from the data set's own scp_statements.csv.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ecg.labels.vocabulary import CONDUCTION, INTERVAL, OTHER, RHYTHM, Label, Vocabulary

_SUPERCLASSES = {
    "NORM": "normal ECG",
    "MI": "myocardial infarction",
    "STTC": "ST/T change",
    "CD": "conduction disturbance",
    "HYP": "hypertrophy",
}
_PROLONGED = {"1AVB", "LPR", "LNGQT"}
_ECTOPIC = {"PAC", "PVC", "PRC(S)"}  # which the data set counts as form


@dataclass(frozen=True)
class Statement:
    """One SCP-ECG statement; the classes are "" unless it is diagnostic."""

    code: str
    meaning: str
    superclass: str
    subclass: str
    rhythm: bool


def superclasses(statements: Sequence[Statement]) -> Vocabulary:
    """The five diagnostic super-classes."""
    return Vocabulary(
        "ptbxl_superclasses",
        tuple(
            Label(
                name, _codes(statements, name, lambda s: s.superclass), meaning, CONDUCTION if name == "CD" else OTHER
            )
            for name, meaning in _SUPERCLASSES.items()
        ),
    )


def subclasses(statements: Sequence[Statement]) -> Vocabulary:
    """The diagnostic sub-classes, sorted by name."""
    above = {s.subclass: s.superclass for s in statements if s.subclass}
    return Vocabulary(
        "ptbxl_subclasses",
        tuple(
            Label(
                name,
                _codes(statements, name, lambda s: s.subclass),
                f"{name}, a kind of {_SUPERCLASSES.get(superclass, superclass)}",
                CONDUCTION if superclass == "CD" else OTHER,
            )
            for name, superclass in sorted(above.items())
        ),
    )


def all_statements(statements: Sequence[Statement]) -> Vocabulary:
    """Every statement, diagnostic or of form or rhythm, sorted by code."""
    ordered = sorted(statements, key=lambda s: s.code)
    return Vocabulary("ptbxl_statements", tuple(Label(s.code, (s.code,), s.meaning, _group(s)) for s in ordered))


def _codes(statements: Sequence[Statement], name: str, of: Callable[[Statement], str]) -> tuple[str, ...]:
    return tuple(statement.code for statement in statements if of(statement) == name)


def _group(statement: Statement) -> str:
    if statement.code in _PROLONGED:
        return INTERVAL
    if statement.superclass == "CD":
        return CONDUCTION
    return RHYTHM if statement.rhythm or statement.code in _ECTOPIC else OTHER
