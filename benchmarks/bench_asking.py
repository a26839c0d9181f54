"""How long a draw takes: each sampler, after 100 and after 1,000 trials of a space of three families.

    python benchmarks/bench_asking.py [--trials 100 1000] [--draws 20] [--samplers default,...]

A draw is what a worker waits for: the sampler is asked, costs are counted, what is over the budget (half of the space)
or was tried is redrawn. The first draw of a worker, which counts the costs of all earlier trials and candidates, is
told apart. Optuna's own sampler without our facade is asked beside it, in the same run, over the same trials.

Expected before measuring: under 0.3 s at 1,000 trials for all but Optuna's GP, which fits two surrogates per proposal.
"""

import argparse
import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
import optuna
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, create_trial

from models.training.recipe import Precision
from search.config import StoreReference, StudyConfig, TrainingSettings
from search.samplers import Sampler
from search.sampling.drawing import Sampling
from search.sampling.judging import judge_of
from search.sampling.optuna_strategy import SAMPLERS
from search.sampling.strategies import make_strategy
from search.sampling.view import SamplerView
from search.space import default_space

_DIRECTIONS = (StudyDirection.MAXIMIZE, StudyDirection.MINIMIZE)
_MAX_FLOPS = 6e7  # about half of the space


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--samplers", type=lambda names: names.split(","), default=[name.value for name in Sampler])
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    config = _config()
    print(f"{'seconds per draw':20}{'trials':>8}{'first':>10}{'median':>10}{'longest':>10}{'Optuna':>10}{'ratio':>8}")
    for trials in asked.trials:
        history = _history(config, trials)
        for name in asked.samplers:
            first, *others = _times(_service(config, history, name), asked.draws + 1)
            theirs = statistics.median(_times(_plain(config, history, name), asked.draws)) if name in SAMPLERS else None
            middle = statistics.median(others)
            beside = "" if theirs is None else f"{theirs:10.3f}{middle / theirs:8.2f}"
            print(f"{name:20}{trials:8}{first:10.3f}{middle:10.3f}{max(others):10.3f}{beside}", flush=True)


def _config() -> StudyConfig:
    store = StoreReference(
        path="none",
        fingerprint="none",
        vocabulary="cinc2021",
        leads=12,
        length=1000,
        classes=26,
        rate=100.0,
        records=0,
        sources={},
    )
    space = default_space(["resnet", "convnext", "regnet"]).within(max_flops=_MAX_FLOPS)
    training = TrainingSettings(epochs=10, batch_size=32, precision=Precision.FP32)
    return StudyConfig(store=store, space=space, training=training, seed=0)


def _history(config: StudyConfig, count: int) -> list[FrozenTrial]:
    """Uniform trials whose score grows with their cost, with noise."""
    rng = np.random.default_rng(0)
    judge, trials = judge_of(config), list[FrozenTrial]()
    while len(trials) < count:
        params = config.space.draw(rng)
        verdict = judge(params)
        if verdict.problem:
            continue
        trial = create_trial(
            values=[0.5 + 0.04 * verdict.log_cost + rng.normal(0, 0.02), 10**verdict.log_cost],
            params=params,
            distributions={name: config.space.distribution(name) for name in params},
        )
        trial.number = trial._trial_id = len(trials)
        trials.append(trial)
    return trials


def _service(config: StudyConfig, history: list[FrozenTrial], name: str) -> Callable[[int], object]:
    view = SamplerView(lambda: history, _DIRECTIONS, log_axes=(False, True))
    judge = judge_of(config)
    sampling = Sampling(config.space, judge, view, make_strategy(name, config.space, judge), seed=0)
    return lambda index: next(iter(sampling.draw(index)))


def _plain(config: StudyConfig, history: list[FrozenTrial], name: str) -> Callable[[int], object]:
    """The sampler over Optuna's own storage in memory."""
    study = optuna.create_study(directions=list(_DIRECTIONS), sampler=SAMPLERS[name](0))
    study.add_trials(history)
    return lambda _: config.space.suggest(study.ask())


def _times(draw: Callable[[int], object], count: int) -> list[float]:
    times = []
    for index in range(count):
        started = time.perf_counter()
        draw(index)
        times.append(time.perf_counter() - started)
    return times


if __name__ == "__main__":
    main()
