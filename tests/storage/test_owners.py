from storage.claims import Result
from storage.exclusion import exclude_trial
from storage.leases import claim, finish
from storage.owners import Owner, read_owners


def test_who_trained_a_trial_and_whether_it_counts(database, study, draft):
    running = claim(database, study, "box-1", draft("a"))
    finished = claim(database, study, "box-2", draft("b"))
    finish(database, finished, Result((0.7, 1.0), {}))
    exclude_trial(database, study, finished.number, "odd")
    asked = [running.trial_id, finished.trial_id, 2_000_000_000]
    assert read_owners(database, asked) == {
        running.trial_id: Owner("box-1", 1, None),
        finished.trial_id: Owner("box-2", 1, "odd"),
    }
