"""Curves that laws follow: the logarithm of a sum of power laws, with its derivatives, at many parameter vectors.

In logarithms a power law is a straight line and a sum of them a log-sum-exp (Hoffmann et al. 2022, arXiv 2203.15556,
appendix D.3): amplitudes cannot turn negative, and multiplying x or y by a constant only shifts parameters.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Slopes:
    """A curve at R parameter vectors.

    Attributes:
        values: R x n.
        shares: R x T x n; the part of each term in the sum.
    """

    values: np.ndarray
    shares: np.ndarray


@dataclass(frozen=True)
class Curve:
    """The log of a sum of T terms, each the exponential of something linear in the P parameters.

    Attributes:
        design: T x P x n; term t at point i is exp(design[t, :, i] @ parameters).
        squares: T x P * P x n; each column of `design` times itself, flattened.
    """

    design: np.ndarray
    squares: np.ndarray

    @classmethod
    def of(cls, design: np.ndarray) -> "Curve":
        terms, size, n = design.shape
        return cls(design, np.einsum("tpn,tqn->tpqn", design, design).reshape(terms, size * size, n))

    def slopes(self, parameters: np.ndarray) -> Slopes:
        """Values and shares for `parameters`, R x P."""
        terms = len(self.design)
        exponents = np.stack([parameters @ self.design[t] for t in range(terms)], axis=1)
        if terms == 1:
            return Slopes(exponents[:, 0], np.ones_like(exponents))
        top = exponents.max(axis=1, keepdims=True)
        parts = np.exp(exponents - top)
        total = parts.sum(axis=1, keepdims=True)
        return Slopes((top + np.log(total))[:, 0], parts / total)

    def gradient(self, slopes: Slopes, pull: np.ndarray) -> np.ndarray:
        """First derivatives of the values, each times `pull` (R x n), summed over the points: R x P."""
        return sum((pull * slopes.shares[:, t]) @ self.design[t].T for t in range(len(self.design)))

    def hessian(self, slopes: Slopes, pull: np.ndarray, stiffness: np.ndarray) -> np.ndarray:
        """Second derivatives of a loss with the first derivative `pull` and second `stiffness` (R x n): R x P x P.

        With shares w_t, the curve f has df = sum of w_t d_t and ddf = sum of w_t d_t d_t' - df df'.
        """
        terms, size, _ = self.design.shape
        if terms == 1:
            return (stiffness @ self.squares[0].T).reshape(-1, size, size)
        jacobian = np.einsum("rtn,tpn->rpn", slopes.shares, self.design)
        own = jacobian * (stiffness - pull)[:, None] @ jacobian.transpose(0, 2, 1)
        spread = sum((pull * slopes.shares[:, t]) @ self.squares[t].T for t in range(terms))
        return own + spread.reshape(-1, size, size)


def line(v: np.ndarray) -> Curve:
    """c - sum of a_k v_k, a power law in every x; parameters c, a_1, ..., a_K.

    Args:
        v: n x K, logarithms of x.
    """
    return Curve.of(np.vstack([np.ones(len(v)), -v.T])[None])


def offset_sum(v: np.ndarray) -> Curve:
    """log(exp(e) + sum of exp(c_k - a_k v_k)); parameters e, c_1, ..., c_K, a_1, ..., a_K.

    Args:
        v: n x K, logarithms of x.
    """
    n, inputs = v.shape
    design = np.zeros((1 + inputs, 1 + 2 * inputs, n))
    design[0, 0] = 1
    for k in range(inputs):
        design[1 + k, 1 + k] = 1
        design[1 + k, 1 + inputs + k] = -v[:, k]
    return Curve.of(design)
