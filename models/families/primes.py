"""The kernels of multi-kernel layers: 1 and the primes.

Every even number is a sum of two primes as far as anybody has looked (Goldbach), so two such layers and one of {1, 2}
have every receptive field up to about twice the largest kernel (Tang et al., "Omni-Scale CNNs", ICLR 2022).
"""

from functools import cache

LAST = (1, 2)
MAX_CAP = 10_000


@cache
def kernels_up_to(cap: int) -> tuple[int, ...]:
    """1 and the primes up to `cap`."""
    sieve = [True] * (cap + 1)
    for number in range(2, int(cap**0.5) + 1):
        if sieve[number]:
            sieve[number * number :: number] = [False] * len(range(number * number, cap + 1, number))
    return (1, *(number for number in range(2, cap + 1) if sieve[number]))
