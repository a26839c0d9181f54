import pytest


@pytest.fixture(scope="session")
def by_statement():
    """Claims by what they state."""
    return lambda claims: {claim.statement: claim for claim in claims}
