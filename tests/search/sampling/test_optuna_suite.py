"""Optuna's own tests of samplers, on samplers that see a study through our facade."""

import pytest
from optuna.samplers import BaseSampler, GPSampler, NSGAIISampler, RandomSampler, TPESampler
from optuna.testing.pytest_samplers import BasicSamplerTestCase, MultiObjectiveSamplerTestCase, RelativeSamplerTestCase

from search.sampling.view import SamplerView

pytestmark = pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")


class Viewed(BaseSampler):
    """A sampler that is shown every study through a `SamplerView`."""

    def __init__(self, sampler):
        self._sampler = sampler

    def __str__(self):
        return str(self._sampler)

    def _study(self, study):
        view = SamplerView(lambda: study.get_trials(deepcopy=False), study.directions)
        view.refresh()
        return view.study(self._sampler)

    def infer_relative_search_space(self, study, trial):
        return self._sampler.infer_relative_search_space(self._study(study), trial)

    def sample_relative(self, study, trial, search_space):
        return self._sampler.sample_relative(self._study(study), trial, search_space)

    def sample_independent(self, study, trial, param_name, param_distribution):
        return self._sampler.sample_independent(self._study(study), trial, param_name, param_distribution)

    def reseed_rng(self):
        self._sampler.reseed_rng()


class TestRandom(BasicSamplerTestCase, MultiObjectiveSamplerTestCase):
    @pytest.fixture
    def sampler(self):
        return lambda: Viewed(RandomSampler(seed=0))


class TestTPE(BasicSamplerTestCase, MultiObjectiveSamplerTestCase):
    @pytest.fixture
    def sampler(self):
        return lambda: Viewed(TPESampler(seed=0, n_startup_trials=0, multivariate=False))


class TestMultivariateTPE(BasicSamplerTestCase, MultiObjectiveSamplerTestCase, RelativeSamplerTestCase):
    @pytest.fixture
    def sampler(self):
        return lambda: Viewed(TPESampler(seed=0, n_startup_trials=0, multivariate=True))


class TestNSGAII(BasicSamplerTestCase, MultiObjectiveSamplerTestCase):
    @pytest.fixture
    def sampler(self):
        return lambda: Viewed(NSGAIISampler(seed=0, population_size=4))


class TestGP(MultiObjectiveSamplerTestCase, RelativeSamplerTestCase):  # the basic cases take minutes
    @pytest.fixture
    def sampler(self):
        return lambda: Viewed(GPSampler(seed=0, n_startup_trials=0))
