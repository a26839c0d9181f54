from dataclasses import replace

from storage.causes import Cause
from storage.claims import Result
from storage.curves import Curve, Epoch, read_curves, read_epochs
from storage.exclusion import exclude_trial
from storage.leases import claim, finish, give_up, renew, stop_early


def row(epoch, score):
    return {"epoch": epoch, "loss": 0.5, "balanced_accuracy": score, "macro_auroc": 0.7, "seconds": 1.5}


def test_curves_of_all_trials_that_count_or_may(database, make_study, draft):
    study = make_study(trials=9)
    finish(database, claim(database, study, "w", draft("a")), Result((0.7, 1.0), {}, [row(1, 0.6), row(2, 0.7)]))
    stop_early(database, claim(database, study, "w", draft("b")), {"stopped_epoch": 1}, [row(1, 0.5)])
    probe = replace(draft("c"), attrs={**draft("c").attrs, "sampler": "uniform"})
    renew(database, claim(database, study, "w", probe), [row(2, 0.4)])
    claim(database, study, "w2", draft("d"))
    give_up(database, claim(database, study, "w3", draft("e")), Cause.DIVERGED, "nan", epochs=[row(1, 0.1)])
    finish(database, claim(database, study, "w3", draft("f")), Result((0.9, 1.0), {}, [row(1, 0.9)]))
    exclude_trial(database, study, 5, "odd")
    assert read_curves(database, study) == [
        Curve(0, 1000.0, {1: 0.6, 2: 0.7}, complete=True),
        Curve(1, 1000.0, {1: 0.5}),
        Curve(2, 1000.0, {2: 0.4}, sampler="uniform"),
        Curve(3, 1000.0, {}),
    ]


def test_one_trials_epochs_are_in_their_order(database, study, draft):
    taken = claim(database, study, "w", draft("a"))
    finish(database, taken, Result((0.7, 1.0), {}, [row(2, 0.7), row(1, 0.6)]))
    assert read_epochs(database, taken.trial_id) == [Epoch(1, 0.5, 0.6, 0.7, 1.5), Epoch(2, 0.5, 0.7, 0.7, 1.5)]
