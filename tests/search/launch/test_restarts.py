from search.launch.restarts import last_lines, pause_after


def test_pauses_grow_until_a_worker_is_given_up():
    assert [pause_after(deaths) for deaths in (1, 2, 3, 4, 5)] == [1.0, 2.0, 4.0, None, None]


def test_the_last_lines_are_those_of_a_crash_where_there_was_one():
    assert last_lines(b"") == []
    assert last_lines(b"a\n\nb\nc\nd\necgscale: the store is gone\n") == ["b", "c", "d", "the store is gone"]
    crash = b"trained\nFatal Python error: Aborted\n\nCurrent thread\n  File 1\n  File 2\n  File 3\nExtension modules"
    assert last_lines(crash) == ["Fatal Python error: Aborted", "Current thread", "  File 1", "  File 2"]
    assert len(last_lines(b"x" * 1000)[0]) == 160
