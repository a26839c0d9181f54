import os
import signal
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from search.stopping import Stop
from storage import lease_statements as statements
from storage import schema
from storage.database import Database, Patience, open_database
from storage.errors import DatabaseError, DatabaseLost
from storage.regions import add_region
from storage.studies import Terms, create_study, find_study

SECRET = "s3cret-pl4nted"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("not a url", "expected postgresql://USER@HOST:5432/NAME"),
        ("sqlite:///x.db", "kind 'sqlite' is not supported"),
        ("postgresql://u@127.0.0.1:abc/x", "expected postgresql://USER@HOST:5432/NAME"),
        ("", "the storage is empty"),
    ],
)
def test_wrong_urls_are_refused_with_the_right_form(url, message):
    with pytest.raises(DatabaseError, match=message):
        open_database(url)


def test_a_server_that_refuses_is_named_without_its_password():
    with pytest.raises(DatabaseError, match=r"127.0.0.1:9/x refuses: .*check that the server runs") as raised:
        open_database(f"postgresql://me:{SECRET}@127.0.0.1:9/x")
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("password", ["pl4n@ted", "pl4/n@ted"])
def test_a_password_with_an_at_sign_is_not_shown_in_part(password):
    with pytest.raises(DatabaseError, match="write %40 for one in a password") as raised:
        open_database(f"postgresql://u:{password}@127.0.0.1:9/x")
    assert not any(part in str(raised.value) for part in ("ted", "pl4"))


def test_a_password_in_the_query_is_not_shown():
    with pytest.raises(DatabaseError, match="refuses") as raised:
        open_database(f"postgresql://127.0.0.1:9/x?user=me&password={SECRET}")
    assert SECRET not in str(raised.value)


def test_a_worker_cut_off_in_the_middle_of_a_transaction_holds_up_nobody_for_long(database):
    study = create_study(database, f"held-{uuid.uuid4().hex[:8]}", Terms(1), {})
    with database.engine.connect() as silent:
        silent.execute(statements.LOCK, {"study": study.id})
        locked = database.run(lambda session: session.execute(statements.LOCK, {"study": study.id}).one())
        assert locked is not None, "without patience, so that it did not even notice"
        with pytest.raises(DBAPIError, match="idle-in-transaction timeout"):
            silent.execute(text("SELECT 1"))


def test_tables_of_the_version_before_are_brought_forward_once(database):
    study = create_study(database, f"older-{uuid.uuid4().hex[:8]}", Terms(1), {})

    def set_back(session):
        session.execute(text("DROP TABLE ecgscale.regions"))
        session.execute(update(schema.version).values(version=2))

    database.run(set_back)
    with ThreadPoolExecutor() as pool:
        opened = list(pool.map(lambda _: open_database(), range(3)))
    assert [find_study(one, study.name).id for one in opened] == [study.id] * 3
    assert add_region(database, study, 1, {"trials": 5})
    assert database.run(lambda session: session.scalars(select(schema.version.c.version)).all()) == [schema.VERSION]


@pytest.mark.parametrize("version", [1, schema.VERSION + 1])
def test_tables_of_another_version_stay_as_they_are(database, version):
    database.run(lambda session: session.execute(update(schema.version).values(version=version)))
    try:
        with pytest.raises(DatabaseError, match=f"tables of version {version}, this ecgscale needs {schema.VERSION}"):
            open_database()
        assert database.run(lambda session: session.scalar(select(schema.version.c.version))) == version
    finally:
        database.run(lambda session: session.execute(update(schema.version).values(version=schema.VERSION)))


def test_no_connection_is_held_between_transactions(database):
    query = text("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")

    def connections(wanted):
        """How many there are, once those that have just been closed are gone."""
        for _ in range(100):
            found = database.run(lambda session: session.scalar(query))
            if found == wanted:
                break
            time.sleep(0.05)
        return found

    assert connections(1) == 1
    kept = database.holding_on()
    kept.run(lambda session: session.scalar(query))
    assert connections(2) == 2
    kept.let_go()
    assert connections(1) == 1


OPEN = "from storage.database import open_database; d = open_database();"


def _python(code, home, **options):
    environment = os.environ | {"ECGSCALE_HOME": str(home)}
    return subprocess.Popen([sys.executable, "-c", code], env=environment, text=True, **options)


def _server_pid(home):
    path = home / "postgres" / "postmaster.pid"
    return int(path.read_text().split()[0]) if path.exists() else None


def test_two_commands_at_once_share_one_server_and_the_last_stops_it(tmp_path):
    wait = OPEN + "print(open(d.url.query['host'] + '/postmaster.pid').readline().strip(), flush=True); input()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    both = [_python(wait, tmp_path, **pipes) for _ in range(2)]
    pids = [process.stdout.readline().strip() for process in both]
    assert pids[0] == pids[1] != ""
    for process in both:
        process.communicate("\n", timeout=60)
    assert [process.returncode for process in both] == [0, 0]
    assert _server_pid(tmp_path) is None


def test_studies_survive_the_kill_of_everyone(tmp_path):
    make = (
        OPEN
        + "from storage.studies import Terms, create_study; create_study(d, 'kept', Terms(3), {});"
        + "print('made', flush=True); input()"
    )
    owner = _python(make, tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert owner.stdout.readline() == "made\n"
    server = _server_pid(tmp_path)
    owner.kill()
    owner.communicate()
    os.kill(server, signal.SIGKILL)
    find = OPEN + "from storage.studies import find_study; print(find_study(d, 'kept').trials)"
    assert _python(find, tmp_path, stdout=subprocess.PIPE).communicate(timeout=60)[0] == "3\n"
    assert _server_pid(tmp_path) is None


@pytest.mark.server
def test_a_remote_postgres_works_by_password_and_by_password_file(postgres15, monkeypatch):
    secret = postgres15.password_file.read_text()
    remote = open_database(postgres15.url.replace("ecgscale@", f"ecgscale:{secret}@"))
    create_study(remote, "far", Terms(2), {})
    assert secret not in repr(remote) + remote.shown
    monkeypatch.setenv("ECGSCALE_STORAGE", postgres15.url)
    monkeypatch.setenv("ECGSCALE_STORAGE_PASSWORD_FILE", str(postgres15.password_file))
    assert find_study(open_database(), "far").trials == 2


@pytest.mark.server
def test_a_wrong_password_is_one_sentence_without_it(postgres15):
    with pytest.raises(DatabaseError, match=r"refuses: .*password authentication failed") as raised:
        open_database(postgres15.url.replace("ecgscale@", "ecgscale:wr0ng-pl4nted@"))
    assert "wr0ng-pl4nted" not in str(raised.value)


def test_a_home_with_a_space_is_refused_with_the_remedy(monkeypatch, tmp_path):
    monkeypatch.setenv("ECGSCALE_HOME", str(tmp_path / "my data"))
    with pytest.raises(DatabaseError, match="its path has a space; set ECGSCALE_HOME"):
        open_database()


def test_a_password_file_that_is_missing_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("ECGSCALE_STORAGE_PASSWORD_FILE", str(tmp_path / "none"))
    with pytest.raises(DatabaseError, match=r"ECGSCALE_STORAGE_PASSWORD_FILE names .*none, which cannot be read"):
        open_database("postgresql://me@127.0.0.1:9/x")


def test_tables_of_another_optuna_are_refused_with_the_remedy(database):
    name = "older_optuna"
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = database.url.set(database=name, drivername="postgresql").render_as_string(False)
    older = open_database(url)
    older.run(lambda session: session.execute(text("UPDATE alembic_version SET version_num = 'v2.6.0.a'")))
    with pytest.raises(DatabaseError, match=r"tables of another version of Optuna .* with `optuna storage upgrade`"):
        open_database(url)
    older.run(lambda session: session.execute(text("DROP SCHEMA ecgscale CASCADE")))
    with pytest.raises(DatabaseError, match="tables of another version of Optuna"):  # Optuna's alone
        open_database(url)


def test_patience_waits_tells_once_and_ends():
    said, calls = [], []

    def away():
        calls.append(1)
        raise DatabaseLost("restarting")

    with pytest.raises(DatabaseLost, match="restarting"):
        Patience(0.5, said.append).retry(away)
    assert len(calls) > 1
    assert said == ["restarting; trying again for 0.5 s"]


def test_a_database_that_comes_back_in_time_is_not_missed():
    answers = iter([DatabaseLost("restarting"), DatabaseLost("starting up"), 7])

    def away_twice():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert Patience(10.0).retry(away_twice) == 7


def test_a_name_server_that_is_away_is_a_database_that_is_away(database):
    """At the start a wrong name is refused; once let in, a worker waits."""
    url = database.url.set(host="nowhere.invalid", query={})
    with pytest.raises(DatabaseError, match=r"refuses: .*resolve host"):
        open_database(url.set(drivername="postgresql").render_as_string(False))
    gone = Database(create_engine(url), url, embedded=False)
    with pytest.raises(DatabaseLost, match="resolve host"):
        gone.run(lambda session: session.execute(text("SELECT 1")))


def test_who_is_told_to_stop_has_time_for_last_words():
    stop = Stop(0.0)
    answers = iter([DatabaseLost("restarting"), 7])

    def away_once():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert Patience(600.0, waiting=stop).retry(away_once) == 7
    began = time.monotonic()
    with pytest.raises(DatabaseLost), pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.database._LAST_WORDS_S", 0.3)
        Patience(600.0, waiting=stop).retry(_away)
    assert time.monotonic() - began < 30


def _away():
    raise DatabaseLost("restarting")


def test_what_is_refused_for_good_is_not_waited_for(database):
    refused = Database(database.engine, database.url, embedded=True, patience=Patience(60.0))
    with pytest.raises(DatabaseError, match=r"refuses: .* does not exist"):
        open_database(
            database.url.set(database="nowhere", drivername="postgresql").render_as_string(False), patience=Patience(60)
        )
    with pytest.raises(DatabaseError, match="refuses: relation"):
        refused.run(lambda session: session.execute(text("SELECT * FROM no_such_table")))


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ('connection to server on socket "/x/.s.PGSQL.5432" failed: Connection refused', "has stopped; any command"),
        ("could not extend file: No space left on device", "refuses: could not extend file: No space left on device"),
        ("canceling statement due to lock timeout", "refuses: canceling statement due to lock timeout"),
    ],
)
def test_the_embedded_postgres_is_said_to_have_stopped_only_when_it_has(database, reason, told):
    def step(session):
        raise OperationalError("SELECT 1", {}, Exception(reason))

    with pytest.raises(DatabaseLost, match=told):
        database.run(step)
