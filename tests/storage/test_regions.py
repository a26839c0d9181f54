import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from storage.claims import Result
from storage.exclusion import exclude_trial
from storage.leases import claim, finish, stop_early
from storage.regions import Newest, add_region, newest_region, read_regions

FIRST = {"trials": 25, "region": {"resnet.width": [8, 16], "resnet.se_ratio": {"values": [None, 0.25]}}, "changes": []}
SECOND = {"trials": 50, "region": {}, "changes": []}


def test_a_history_is_read_as_it_was_written(database, study):
    assert read_regions(database, study) == []
    assert add_region(database, study, 1, FIRST)
    assert add_region(database, study, 2, SECOND)
    first, second = read_regions(database, study)
    assert {key: first[key] for key in FIRST} == FIRST
    assert [first["version"], second["version"]] == [1, 2]
    made = [datetime.fromisoformat(one["made_at"]) for one in (first, second)]
    assert datetime.now(UTC) - timedelta(minutes=5) < made[0] < made[1]


@pytest.mark.parametrize("version", [0, 1, 3])
def test_nothing_but_the_next_version_is_written(database, study, version):
    add_region(database, study, 1, FIRST)
    assert not add_region(database, study, version, SECOND)
    assert [one["trials"] for one in read_regions(database, study)] == [25]


def test_of_many_who_write_the_same_version_one_does(database, study):
    with ThreadPoolExecutor(8) as pool:
        wrote = list(pool.map(lambda worker: add_region(database, study, 1, {"trials": worker}), range(8)))
    assert sum(wrote) == 1
    assert [one["trials"] for one in read_regions(database, study)] == [wrote.index(True)]


def test_studies_have_histories_of_their_own(database, make_study):
    one, other = make_study(), make_study()
    add_region(database, one, 1, FIRST)
    assert read_regions(database, other) == []
    assert newest_region(database, other) == Newest(0)
    assert add_region(database, other, 1, SECOND)


def test_the_newest_tells_how_many_trials_have_ended_since(database, make_study, draft):
    study = make_study(trials=9)
    claimed = [claim(database, study, "w", draft(name)) for name in "abcde"]
    for done in claimed[:3]:
        finish(database, done, Result((0.5, 1000.0), {}))
    stop_early(database, claimed[3], {"stopped_epoch": 1}, [])
    assert newest_region(database, study) == Newest(4)
    exclude_trial(database, study, 0, "a bad GPU")
    add_region(database, study, 1, FIRST)
    add_region(database, study, 2, SECOND)
    assert newest_region(database, study) == Newest(3, 2, SECOND)


WRITE = """
import sys
from sqlalchemy import text
from sqlalchemy.orm import Session
from storage.database import open_database
from storage.regions import add_region
from storage.studies import find_study

database = open_database()
study = find_study(database, sys.argv[1])
with Session(database.engine) as session, session.begin():
    assert add_region.__wrapped__(session, study, 2, {"trials": 50, "region": {"resnet.width": [4, 4]}})
    print("written", flush=True)
    sys.stdin.read()
"""


def test_a_worker_killed_while_it_writes_leaves_the_history_whole(database, study):
    add_region(database, study, 1, FIRST)
    command = [sys.executable, "-c", WRITE, study.name]
    writer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert writer.stdout.readline() == "written\n"
    assert [one["version"] for one in read_regions(database, study)] == [1]
    writer.kill()
    writer.communicate(timeout=60)
    assert writer.returncode < 0
    assert [one["trials"] for one in read_regions(database, study)] == [25]
    assert add_region(database, study, 2, SECOND)
    assert [one["trials"] for one in read_regions(database, study)] == [25, 50]
