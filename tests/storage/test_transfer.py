import gzip
import json

import optuna
import pytest
from sqlalchemy import text

from storage.causes import Cause
from storage.claims import Result
from storage.database import open_database
from storage.errors import StudyError
from storage.leases import claim, finish, give_up, look_for_work, renew
from storage.progress import progress
from storage.regions import add_region, read_regions
from storage.studies import find_study
from storage.transfer import export_study, import_study
from storage.trials import read_trials

EPOCH = {"epoch": 1, "loss": 0.5, "balanced_accuracy": 0.6, "macro_auroc": 0.7, "seconds": 1.0}
REVIEW = {"trials": 1, "region": {"resnet.width": [8, 16]}}
LABEL = {"label": "AF", "n_positive": 3, "threshold": 0.5}


@pytest.fixture(scope="module")
def elsewhere(database):
    """A database of its own, whose ids differ from those of the other."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE elsewhere"))
    return open_database(database.url.set(database="elsewhere", drivername="postgresql").render_as_string(False))


@pytest.fixture
def exported(database, make_study, draft, tmp_path):
    """A study with a finished, a failed and a running trial, and its file."""
    study = make_study(trials=4)
    done = claim(database, study, "w1", draft("a", over_budget=3))
    renew(database, done, [EPOCH])
    finish(database, done, Result((0.8, float("inf")), {"note": 'a "quoted" ü'}, [EPOCH], [LABEL]))
    give_up(database, claim(database, study, "w1", draft("b")), Cause.DIVERGED, "nan")
    claim(database, study, "w1", draft("c"))
    add_region(database, study, 1, REVIEW)
    path = tmp_path / "study.gz"
    return study, path, export_study(database, study, path)


def test_a_study_moves_between_servers_whole(database, elsewhere, exported):
    study, path, written = exported
    assert written["trials"] == 3
    moved = import_study(elsewhere, path)
    assert (moved.key, moved.terms, moved.config) == (study.key, study.terms, study.config)
    before, after = read_trials(database, study), read_trials(elsewhere, moved)
    assert [(t.values, t.params, t.user_attrs, t.datetime_start) for t in after] == [
        (t.values, t.params, t.user_attrs, t.datetime_start) for t in before
    ]
    assert [trial.state.name for trial in after] == ["COMPLETE", "FAIL", "WAITING"]
    told = progress(elsewhere, moved)
    assert (told.drafts, told.finished_by) == ({"over_budget": 3}, {"w1": 1})
    assert read_regions(elsewhere, moved) == read_regions(database, study) != []
    assert look_for_work(elsewhere, moved, "new").number == 2
    assert claim(elsewhere, moved, "w2", draft_like(after[0], "d")).number == 3
    for table in ("epochs", "label_scores", "attempts", "leases"):
        assert count(elsewhere, table) >= 1
    loaded = optuna.load_study(study_name=study.name, storage=elsewhere.optuna_storage())
    assert loaded.metric_names == ["balanced_accuracy", "flops"]
    with pytest.raises(StudyError, match=r"a study of that name is on this server already; import .* with --name"):
        import_study(elsewhere, path)
    with pytest.raises(StudyError, match="is on this server already; delete it"):
        import_study(elsewhere, path, "another name")


@pytest.mark.parametrize(
    "damage",
    ["cut", "not gzip", "other format", "other version", "odd row", "odd value", "odd key", "empty", "a line", "half"],
)
def test_a_damaged_file_is_named_and_nothing_is_read(elsewhere, exported, damage):
    study, path, _ = exported
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    match damage:
        case "cut":
            path.write_bytes(path.read_bytes()[:-20])
        case "not gzip":
            path.write_text("hello")
        case "other format":
            lines[0] = "{}"
        case "other version":
            lines[0] = json.dumps(json.loads(lines[0]) | {"tables": 99})
        case "odd row":
            lines[5] = '["passwords", {}]'
        case "odd value":
            lines[1] = json.dumps(["studies", {"study_id": 1}])
        case "odd key":
            lines = [line.replace(study.key, "../../../../tmp/evil") for line in lines]
        case "empty":
            lines = lines[:1]
        case "a line":
            del lines[-2]
        case "half":
            lines = lines[: len(lines) // 2]
    if damage not in ("cut", "not gzip"):
        path.write_bytes(gzip.compress("\n".join(lines).encode()))
    with pytest.raises(StudyError, match=r"is not a study that can be imported|tables of version 99, this"):
        import_study(elsewhere, path)
    with pytest.raises(StudyError, match="no study named"):
        find_study(elsewhere, study.name)


def test_a_file_from_before_there_were_regions_is_read(elsewhere, make_study, database, tmp_path):
    study, path = make_study(), tmp_path / "study.gz"
    export_study(database, study, path)
    header, *rows = gzip.decompress(path.read_bytes()).decode().splitlines()
    assert not any(row.startswith('["regions"') for row in rows)
    path.write_bytes(gzip.compress("\n".join([json.dumps(json.loads(header) | {"tables": 2}), *rows]).encode()))
    assert read_regions(elsewhere, import_study(elsewhere, path)) == []


def test_a_file_that_cannot_be_written_is_named(database, study, tmp_path):
    with pytest.raises(StudyError, match=r"cannot write .*none.study.gz: there is no folder .*none"):
        export_study(database, study, tmp_path / "none" / "study.gz")
    with pytest.raises(StudyError, match=r"cannot write .*: it is a folder"):
        export_study(database, study, tmp_path)


def test_a_study_may_be_imported_under_another_name(database, elsewhere, make_study, tmp_path):
    study = make_study()
    export_study(database, study, tmp_path / "study.gz")
    assert import_study(elsewhere, tmp_path / "study.gz", "renamed").key == study.key


def test_a_file_that_is_not_there_is_named(elsewhere, tmp_path):
    with pytest.raises(StudyError, match=r"there is no file .*nothing.gz"):
        import_study(elsewhere, tmp_path / "nothing.gz")


def draft_like(trial, signature):
    from storage.leases import NewTrial

    params = {name: (value, trial.distributions[name]) for name, value in trial.params.items()}
    return NewTrial(params=params, attrs={}, signature=signature)


def count(database, table):
    with database.engine.connect() as connection:
        return connection.scalar(text(f"SELECT count(*) FROM ecgscale.{table}"))
