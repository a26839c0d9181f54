import optuna
import pytest

from storage.errors import StudyError
from storage.studies import Terms, create_study, find_study, has_study, list_studies


def test_a_study_reads_back_as_created(database, study):
    again = find_study(database, study.name)
    assert again == study
    assert study in list_studies(database)
    assert has_study(database, study.name)
    assert not has_study(database, f"{study.name}x")


def test_a_taken_name_is_refused_and_changes_nothing(database, study):
    with pytest.raises(StudyError, match=f"a study named '{study.name}' exists already"):
        create_study(database, study.name, Terms(99), {})
    assert find_study(database, study.name) == study


def test_an_unknown_name_is_answered_with_the_nearest(database, study):
    with pytest.raises(StudyError, match=rf"no study named '{study.name}x' .* did you mean {study.name}\?"):
        find_study(database, f"{study.name}x")
    with pytest.raises(StudyError, match="ecgscale study list"):
        find_study(database, "%%%")


def test_a_study_of_another_program_is_named_as_such(database):
    optuna.create_study(study_name="foreign", storage=database.optuna_storage())
    assert has_study(database, "foreign")
    with pytest.raises(StudyError, match="'foreign' was not made by ecgscale"):
        find_study(database, "foreign")


def test_names_with_quotes_and_markup_are_just_names(database):
    name = 'it\'s <b>"odd"</b>; --'
    assert create_study(database, name, Terms(1), {}).name == name
    assert find_study(database, name).name == name
