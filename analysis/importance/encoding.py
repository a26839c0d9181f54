"""Parameters as the columns that trees split, without an order or a value that nobody chose."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.columns import is_numeric, is_present

_MOST_INDICATORS = 32


@dataclass(frozen=True)
class Encoded:
    """Parameters as a matrix.

    Attributes:
        names: the parameters.
        matrix: trials x columns, float32.
        owner: of each column, the position of its parameter in `names`.
        present: trials x parameters; False where a trial does not have the parameter.
    """

    names: tuple[str, ...]
    matrix: np.ndarray
    owner: np.ndarray
    present: np.ndarray

    def columns(self, name: str) -> np.ndarray:
        """Positions of a parameter's columns."""
        return np.flatnonzero(self.owner == self.names.index(name))

    def has(self, name: str) -> np.ndarray:
        """The trials that have a parameter, as a mask."""
        return self.present[:, self.names.index(name)]


def varies(column: pd.Series) -> bool:
    """Whether the trials that have the parameter hold more than one value of it."""
    return column[is_present(column)].nunique(dropna=False) > 1


def encode(params: pd.DataFrame, *, seed: int = 0) -> Encoded:
    """Numbers become their ranks, everything else one indicator per value; every parameter must vary.

    Ranks leave a tree all its splits and are exact in float32, where 1e9 and 1e9 + 1 are one number. None and words
    have no order: each has an indicator, the rarest beyond 32 share the absence of one.

    A trial without the parameter (NaN) borrows the value of a random trial that has it. So the column tells nothing
    about who has the parameter: what the choice of a family does is ascribed to the family, not to the family's own
    numbers, and no typical value marks the trials that lack it.

    Args:
        params: trials x parameters.
        seed: of what is borrowed.
    """
    rng = np.random.default_rng(seed)
    present = np.column_stack([is_present(params[name]).to_numpy() for name in params])
    blocks = [_encode_column(params[name], has, rng) for name, has in zip(params, present.T, strict=True)]
    return Encoded(
        names=tuple(str(name) for name in params),
        matrix=np.hstack(blocks),
        owner=np.repeat(np.arange(len(blocks)), [block.shape[1] for block in blocks]),
        present=present,
    )


def _encode_column(column: pd.Series, present: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    held = column[present]
    encoded = _ranks(held) if is_numeric(held) else _choices(held, rng)
    block = np.empty((len(column), encoded.shape[1]), dtype=np.float32)
    block[present] = encoded
    block[~present] = _borrowed(encoded, int((~present).sum()), rng)
    return block


def _ranks(numbers: pd.Series) -> np.ndarray:
    _, ranks = np.unique(numbers.to_numpy(dtype=float), return_inverse=True)
    return ranks[:, None]


def _choices(values: pd.Series, rng: np.random.Generator) -> np.ndarray:
    """Numbers that may be None keep their order beside an indicator of None; other values have one indicator each."""
    is_none = values.map(lambda value: value is None).to_numpy()
    numbers = values[~is_none]
    if not is_numeric(numbers) or numbers.nunique() < 2:
        return _indicators(values)
    ordered = np.empty((len(values), 1))
    ordered[~is_none] = _ranks(numbers)
    ordered[is_none] = _borrowed(ordered[~is_none], int(is_none.sum()), rng)
    return np.hstack([ordered, is_none[:, None]])


def _indicators(values: pd.Series) -> np.ndarray:
    codes, distinct = pd.factorize(values.to_numpy(dtype=object), use_na_sentinel=False)
    commonest = np.argsort(-np.bincount(codes), kind="stable")
    shown = commonest[: min(len(distinct) - 1, _MOST_INDICATORS)]  # the last of them is the absence of the others
    return codes[:, None] == shown


def _borrowed(encoded: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    return encoded[rng.integers(len(encoded), size=count)]
