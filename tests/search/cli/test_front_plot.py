import numpy as np

from search.cli.front_plot import draw_front

VALUES = np.array([[0.5, 1e6], [0.7, 1e7], [0.6, 1e8], [0.9, 1e8]])
FRONT = np.array([True, True, False, True])
PICTURE = """\
0.900                                  ⢸
                                       ⢸
                       ⡤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠼
                       ⡇               ⠠
0.500 ⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡇
      1 MFLOPs                100 MFLOPs"""


def test_the_front_is_a_staircase_over_log_flops():
    lines = draw_front(VALUES, FRONT, 40, 6).plain.splitlines()
    assert [line.rstrip() for line in lines] == PICTURE.splitlines()


def test_a_dominated_trial_is_not_drawn_as_one_of_the_front():
    drawn = draw_front(VALUES, FRONT, 40, 6)
    green = "".join(drawn.plain[span.start : span.end] for span in drawn.spans if "green" in str(span.style))
    assert "⠼" in green
    assert "⠠" not in green


def test_trials_that_are_all_alike_lie_in_the_middle():
    lines = draw_front(np.array([[0.5, 1e6]] * 3), np.full(3, True), 30, 4).plain.splitlines()
    assert [line[:5].strip() for line in lines] == ["", "0.500", "", ""]
    assert lines[-1].strip() == "1 MFLOPs"
