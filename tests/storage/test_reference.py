from storage.reference import keep_reference, stored_reference


def test_a_reference_stays_until_another_is_given(database, study):
    assert stored_reference(database, study) is None
    keep_reference(database, study, (0.5, 1e9))
    assert stored_reference(database, study) == (0.5, 1e9)
    keep_reference(database, study, (0.25, 2e9))
    assert stored_reference(database, study) == (0.25, 2e9)
