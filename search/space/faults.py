"""What is wrong with a design space, in a reader's words."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from models.errors import ImpossibleNetwork, ImpossibleRecipe
from models.registry import family
from models.training.recipe import Recipe, refuse_unsearchable
from search.space.domains import Choices, Domain, Numbers, Range, long_form


def described(error: ValidationError, *inside: str) -> list[str]:
    """The broken rules, each behind its place; one for each place.

    Args:
        inside: where in the space the validated part stands.
    """
    faults: dict[str, str] = {}
    for fault in error.errors():
        faults.setdefault(_place((*inside, *fault["loc"])), _rule(fault))
    return [f"{place}: {rule}" for place, rule in faults.items()]


def faults_of_meaning(data: object) -> list[str]:
    """Names nobody knows and values that a family or the training refuses, in all parts that have the right form."""
    if not isinstance(data, dict):
        return []
    families = data.get("families")
    faults = [
        fault
        for name, numbers in (families.items() if isinstance(families, dict) else ())
        for fault in family_faults(str(name), _readable(numbers))
    ]
    return faults + _training_faults(_readable(data.get("train")))


def _readable(numbers: object) -> Numbers:
    """The numbers whose ranges can be read; the others are reported by their form."""
    long = long_form(numbers)
    readable: Numbers = {}
    for name, domain in long.items() if isinstance(long, dict) else ():
        try:
            readable[str(name)] = TypeAdapter(Domain).validate_python(domain)
        except ValidationError:
            continue
    return readable


def family_faults(name: str, numbers: Mapping[str, Range | Choices]) -> list[str]:
    """Unknown names and values the family refuses, each tried on its own."""
    faults = []
    for values in [{}, *({number: value} for number, domain in numbers.items() for value in domain.tried)]:
        try:
            family(name, values)
        except ImpossibleNetwork as error:
            faults.append(str(error))
    return list(dict.fromkeys(faults))


def _training_faults(train: Numbers) -> list[str]:
    """Settings that a study does not vary and values that no training takes, each tried on its own."""
    faults = []
    for name, domain in train.items():
        try:
            refuse_unsearchable([name])
            for value in domain.ends:
                Recipe.of({name: value})
        except ImpossibleRecipe as error:
            faults.append(f"train.{name}: {error}")
    return faults


def _place(location: tuple[int | str, ...]) -> str:
    """A dotted path without pydantic's own words for the alternatives of a union."""
    own = {"range", "choices", "int", "float", "str", "bool"}
    return ".".join(str(part) for part in location if part not in own) or "the file"


def _rule(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "extra_forbidden":
        return "unknown key"
    if fault["type"] in ("model_type", "dict_type"):
        return f"expected names with their values, but got {fault.get('input')!r}"
    message = str(fault["msg"]).removeprefix("Value error, ")
    return message if fault["type"] == "value_error" else f"{message}, but got {fault.get('input')!r}"
