from models.families.primes import kernels_up_to


def test_one_and_the_primes():
    assert kernels_up_to(1) == (1,)
    assert kernels_up_to(2) == (1, 2)
    assert kernels_up_to(25) == (1, 2, 3, 5, 7, 11, 13, 17, 19, 23)
    assert len(kernels_up_to(10_000)) == 1 + 1229
