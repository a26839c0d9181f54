"""Drafts and studies for the life of a trial in the database."""

from dataclasses import replace

import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from storage.leases import NewTrial


def _draft(signature, **dropped):
    return NewTrial(
        params={
            "family": ("resnet", CategoricalDistribution(["convnext", "resnet"])),
            "resnet.width": (16, IntDistribution(8, 64, step=8)),
            "train.lr": (0.003, FloatDistribution(0.001, 0.01, log=True)),
        },
        attrs={"flops": 1000, "architecture": "abc"},
        signature=signature,
        dropped=dropped,
    )


@pytest.fixture(scope="session")
def draft():
    return _draft


@pytest.fixture
def hasty(make_study):
    """A study whose leases are over as soon as they are given."""
    return make_study(lease=0.001)


@pytest.fixture
def long_lease():
    """The study as seen by a worker that is sure to live on."""
    return lambda study: replace(study, terms=replace(study.terms, lease=1000.0))
