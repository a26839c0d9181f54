import numba

from ecg.signal.compiled import compiled


def test_without_a_place_for_the_cache_functions_are_compiled_all_the_same(monkeypatch):
    njit = numba.njit

    def without_cache(function, **options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return njit(function, **options)

    monkeypatch.setattr(numba, "njit", without_cache)
    assert compiled(lambda x: x + 1)(1) == 2
