import pytest
import torch

from models.training.recipe import Recipe, Schedule
from models.training.schedules import learning_rate

EPOCHS, STEPS = 5, 20


def rates(**settings):
    recipe = Recipe(lr=0.1, epochs=EPOCHS, **settings)
    return [learning_rate(recipe, step, STEPS) for step in range(EPOCHS * STEPS)]


def torchs(scheduler, every=1):
    """The rates of one of torch's schedulers, stepped after every `every` steps."""
    found = []
    for step in range(EPOCHS * STEPS):
        found.append(scheduler.get_last_lr()[0])
        scheduler.optimizer.step()
        if (step + 1) % every == 0 and step + 1 < EPOCHS * STEPS:
            scheduler.step()
    return found


@pytest.fixture
def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)


def test_cosine_is_torchs(optimizer):
    theirs = torchs(torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * STEPS))
    assert rates(schedule=Schedule.COSINE, warm_up=0) == pytest.approx(theirs)


def test_exponential_is_torchs_per_epoch(optimizer):
    theirs = torchs(torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.98), every=STEPS)
    assert rates(schedule=Schedule.EXPONENTIAL, warm_up=0) == pytest.approx(theirs)


@pytest.mark.parametrize("warm_up", [0.1, 0.3])
def test_one_cycle_is_torchs(optimizer, warm_up):
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 0.1, total_steps=EPOCHS * STEPS, pct_start=warm_up, cycle_momentum=False
    )
    assert rates(schedule=Schedule.ONE_CYCLE, warm_up=warm_up) == pytest.approx(torchs(scheduler))


def test_warm_up_rises_in_even_steps_to_the_peak():
    found = rates(schedule=Schedule.COSINE, warm_up=0.1)
    assert found[:10] == pytest.approx([0.01 * step for step in range(1, 11)])
    assert found.index(max(found)) in (9, 10)
    assert found[-1] < 1e-3


@pytest.mark.parametrize("schedule", list(Schedule))
@pytest.mark.parametrize("warm_up", [0, 0.01, 1])
def test_every_course_stays_within_the_peak(schedule, warm_up):
    found = rates(schedule=schedule, warm_up=warm_up)
    assert all(0 < rate <= 0.1 + 1e-12 for rate in found)
    assert max(found) > 0.09


@pytest.mark.parametrize("schedule", list(Schedule))
def test_a_training_of_one_step_has_a_rate(schedule):
    assert 0 < learning_rate(Recipe(lr=0.1, epochs=1, schedule=schedule), 0, 1) <= 0.1
