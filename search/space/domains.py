"""What a number of a design space may be: a range, or one of several choices."""

import math
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Discriminator, Tag, model_validator

from analysis.regions.region import Part, Scalar, SubRange, SubSet
from search.errors import SpaceError

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial

_SHORT = 64
_DIGITS = 12
_SLACK = 1e-6  # steps


class Range(BaseModel):
    """Numbers from `low` to `high`, both included; whole where both bounds are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    low: int | float
    high: int | float
    step: int | float | None = None
    log: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            raise ValueError(f"low <= high must hold, but got low={self.low}, high={self.high}")
        if self.step is not None and self.step <= 0:
            raise ValueError(f"step > 0 must hold, but got step={self.step}")
        if self.log and (self.low <= 0 or self.step is not None):
            raise ValueError(f"a log range needs low > 0 and no step, but got low={self.low}, step={self.step}")
        return self

    @property
    def ends(self) -> list[Scalar]:
        return [self.low, self.high]

    @property
    def tried(self) -> list[Scalar]:
        """Values to try a family with: all of a short whole range, else its ends."""
        if not self._whole or (self.high - self.low) // (self.step or 1) > _SHORT:
            return self.ends
        return list(range(int(self.low), int(self.high) + 1, int(self.step or 1)))

    @property
    def count(self) -> int | None:
        """How many values there are; None for any number in between."""
        if self._whole:
            return int(self.high - self.low) // int(self.step or 1) + 1
        if self.step is not None:
            return int((self.high - self.low) / self.step + 1e-9) + 1
        return 1 if self.low == self.high else None

    def share(self, value: Scalar) -> float:
        """Where a value lies between the ends, 0 to 1, on the range's own scale."""
        low, high, at = (math.log(float(x or 0)) if self.log else float(x or 0) for x in (self.low, self.high, value))
        return (at - low) / (high - low) if high > low else 0.0

    @property
    def part(self) -> Part:
        """All of it."""
        return SubRange(self.low, self.high)

    def within(self, part: Part) -> "Range | None":
        """Its numbers that lie in a part; None where there are none.

        Raises:
            SpaceError: the part is of choices.
        """
        if not isinstance(part, SubRange):
            raise SpaceError(f"of a range from {self.low} to {self.high} only a range is a part, but got {part}")
        low, high = float(max(self.low, part.low)), float(min(self.high, part.high))
        if self._step:
            low = self._at(math.ceil(self._place(low) - _SLACK))
            high = self._at(math.floor(self._place(high) + _SLACK))
        return None if low > high else self.model_copy(update={"low": low, "high": high})

    def __contains__(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            return False
        return not self._step or abs(self._place(value) - round(self._place(value))) < _SLACK

    @property
    def _step(self) -> int | float | None:
        return 1 if self._whole and self.step is None else self.step

    def _place(self, value: float) -> float:
        """How many steps a number is above the lowest."""
        return (value - self.low) / (self._step or 1)

    def _at(self, place: int) -> int | float:
        number = self.low + place * (self._step or 1)
        return int(number) if self._whole else _plain(number)

    def suggest(self, trial: "Trial", name: str) -> Scalar:
        """A value that the trial's sampler chooses."""
        if self._whole:
            return trial.suggest_int(name, int(self.low), int(self.high), step=int(self.step or 1), log=self.log)
        chosen = trial.suggest_float(name, self.low, self.high, step=self.step, log=self.log)
        return chosen if self.step is None else _plain(chosen)

    def distribution(self) -> "BaseDistribution":
        from optuna.distributions import FloatDistribution, IntDistribution

        if self._whole:
            return IntDistribution(int(self.low), int(self.high), log=self.log, step=int(self.step or 1))
        return FloatDistribution(self.low, self.high, log=self.log, step=self.step)

    def draw(self, rng: np.random.Generator) -> Scalar:
        if self._whole and not self.log:
            return int(self.low + int(self.step or 1) * rng.integers(0, self.count))
        if self.step is not None:
            steps = rng.integers(0, self.count)
            return _plain(float(self.low + self.step * steps))
        if not self.log:
            return float(rng.uniform(self.low, self.high))
        if self._whole:
            drawn = int(np.exp(rng.uniform(np.log(self.low), np.log(self.high + 1))))
            return min(max(drawn, int(self.low)), int(self.high))
        return min(max(float(np.exp(rng.uniform(np.log(self.low), np.log(self.high)))), self.low), self.high)

    @property
    def _whole(self) -> bool:
        return all(isinstance(number, int) for number in (self.low, self.high, self.step or 1))


def _plain(number: float) -> float:
    """1.4, not 1.4000000000000001."""
    return float(f"{number:.{_DIGITS}g}")


class Choices(BaseModel):
    """One of several values."""

    model_config = ConfigDict(frozen=True)

    values: tuple[Scalar, ...]

    @model_validator(mode="before")
    @classmethod
    def _no_lists(cls, data: Any) -> Any:
        values = data.get("values") if isinstance(data, dict) else None
        lists = [value for value in values if isinstance(value, list)] if isinstance(values, list) else []
        if lists:
            raise ValueError(f"a choice must be a number, a word, true, false or null, but got {lists[0]}")
        return data

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.values:
            raise ValueError("a list of choices must not be empty")
        if len(set(self.values)) < len(self.values):
            raise ValueError(f"choices must differ, but got {list(self.values)}")
        return self

    @property
    def ends(self) -> list[Scalar]:
        return list(self.values)

    tried = ends

    @property
    def count(self) -> int:
        """How many values there are."""
        return len(self.values)

    @property
    def part(self) -> Part:
        """All of them."""
        return SubSet(self.values)

    def within(self, part: Part) -> "Choices | None":
        """Those that lie in a part; None where there are none."""
        values = tuple(value for value in self.values if value in part)
        return Choices(values=values) if values else None

    def __contains__(self, value: object) -> bool:
        return value in self.values

    def suggest(self, trial: "Trial", name: str) -> Scalar:
        """A value that the trial's sampler chooses."""
        chosen: Scalar = trial.suggest_categorical(name, self.values)
        return chosen

    def distribution(self) -> "BaseDistribution":
        from optuna.distributions import CategoricalDistribution

        return CategoricalDistribution(self.values)

    def draw(self, rng: np.random.Generator) -> Scalar:
        return self.values[rng.integers(len(self.values))]


def _kind(domain: object) -> str:
    return "choices" if isinstance(domain, Choices) or (isinstance(domain, dict) and "values" in domain) else "range"


Domain = Annotated[Annotated[Range, Tag("range")] | Annotated[Choices, Tag("choices")], Discriminator(_kind)]
Numbers = dict[str, Domain]


def long_form(numbers: object) -> object:
    """Lists and single values in their long form; anything else is left for validation to judge."""
    if numbers is None:
        return {}
    if not isinstance(numbers, dict):
        return numbers
    return {
        name: _numbers_in(domain)
        if isinstance(domain, dict)
        else {"values": [_number(value) for value in (domain if isinstance(domain, list) else [domain])]}
        for name, domain in numbers.items()
    }


def _numbers_in(domain: dict[object, object]) -> dict[object, object]:
    return {key: _number(value) for key, value in domain.items()}


def _number(value: object) -> object:
    """YAML takes 1e-3 for text, since it has no decimal point; people take it for a number."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value
