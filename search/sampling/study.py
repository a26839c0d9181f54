"""Sampling for a study in the database."""

from optuna.study import StudyDirection

from search.config import StudyConfig
from search.sampling.drawing import Sampling
from search.sampling.judging import judge_of
from search.sampling.strategies import make_strategy
from search.sampling.strategy import IMPOSSIBLE
from search.sampling.view import SamplerView
from storage.database import Database
from storage.history import History
from storage.studies import DIRECTIONS, OBJECTIVES, Study


def sampling_of(database: Database, study: Study, config: StudyConfig) -> Sampling:
    """What draws the study's trials; nothing is read before the first draw."""
    history = History(study.id)
    judge = judge_of(config)
    view = SamplerView(
        lambda: database.run(history.read),
        [StudyDirection[direction.upper()] for direction in DIRECTIONS],
        log_axes=[name == "flops" for name in OBJECTIVES],
        keep=lambda trial: judge(trial.params).problem != IMPOSSIBLE,  # the dashboard and others may add some
    )
    strategy = make_strategy(config.sampler, config.space, judge)
    return Sampling(config.space, judge, view, strategy, seed=config.seed, narrows=config.narrow is not None)
