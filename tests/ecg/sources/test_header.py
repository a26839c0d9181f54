import pytest

from ecg.errors import RecordRejected
from ecg.sources.header import codes_in, parse_header, read_header, said_in

STYLE_2020 = """E00666.mat 12 500 5000 05-May-2020 14:50:55
E00666.mat 16+24 1000/mV 16 0 -39 -24145 0 I
"""
STYLE_2021 = """E00666 12 500 5000
E00666.mat 16x1+24 1000.0(0)/mV 16 0 -39 -24145 0 I
"""


def _one_channel(line: str, record: str = "r 1 500 5000"):
    return parse_header(f"{record}\n{line}\n").channels[0]


@pytest.mark.parametrize("text", [STYLE_2020, STYLE_2021])
def test_both_styles_of_the_challenge_say_the_same(text):
    header = parse_header(text.replace(" 12 ", " 1 "))
    channel = header.channels[0]
    assert (header.name, header.rate, header.samples) == ("E00666", 500, 5000)
    assert (channel.file, channel.format, channel.offset, channel.gain) == ("E00666.mat", 16, 24, 1000)
    assert (channel.baseline, channel.unit, channel.checksum, channel.name) == (0, "mV", -24145, "I")


def test_what_a_signal_line_leaves_open_has_the_formats_defaults():
    channel = _one_channel("r.dat 16")
    assert (channel.gain, channel.calibrated, channel.units_per_adc) == (0, False, 1 / 200)
    assert (channel.unit, channel.baseline, channel.checksum, channel.name) == ("mV", 0, None, "")


def test_the_baseline_is_the_adc_zero_unless_given():
    assert _one_channel("r.dat 16 200 12 1024 0 0 0 II").baseline == 1024
    assert _one_channel("r.dat 16 200(7)/uV 12 1024 0 0 0 II").baseline == 7


def test_descriptions_may_hold_spaces_and_rates_a_counter():
    assert _one_channel("r.dat 212x2:3+10 200 12 0 0 0 0 lead one").name == "lead one"
    assert parse_header("r 0 360/100(5) 1000").rate == 360


def test_samples_may_be_left_to_the_file():
    assert parse_header("r 0 500").samples is None
    assert parse_header("r 0").rate == 250


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "comments only"),
        ("# nothing\n", "comments only"),
        ("what is this\n", "is no record line"),
        ("r 2 500 10\nr.dat 16\n", "declares 2 signals and describes 1"),
        ("r 1 500 10\nr.dat sixteen\n", "is no signal line"),
        ("r 1 500 10\nr.dat 16 -5/mV\n", "a gain of -5"),
        ("r 1 500 10\nr.dat 16 1e300/mV\n", r"a gain of 1e\+300"),
        ("r 99999 500 10\n", "declares 99999 signals; at most 256"),
        ("r 1 0 10\nr.dat 16\n", "a sampling rate of 0 Hz"),
        ("r 1 -500 10\nr.dat 16\n", "a sampling rate of -500 Hz"),
        ("r 1 500 " + "9" * 30 + "\nr.dat 16\n", "is no record line"),
    ],
)
def test_what_is_no_header_is_refused_with_the_line(text, reason):
    with pytest.raises(RecordRejected, match=reason):
        parse_header(text)


def test_files_that_are_no_headers_are_refused(tmp_path):
    path = tmp_path / "r.hea"
    with pytest.raises(RecordRejected, match=r"No such file or directory: r\.hea"):
        read_header(path)
    path.write_bytes(b" \n")
    with pytest.raises(RecordRejected, match="the header is empty"):
        read_header(path)
    path.write_bytes(b"x" * 2_000_000)
    with pytest.raises(RecordRejected, match="larger than"):
        read_header(path)


@pytest.mark.parametrize("line", ["Dx: 1,2,,2 , 3,", "dx:1, 2,3", "Dx: 3,2,1,1", "Dx: 1|2,3"])
def test_codes_come_without_blanks_and_repetitions(line):
    assert sorted(codes_in((line,))) == ["1", "2", "3"]


def test_comments_are_keys_and_values():
    assert said_in(("Age: 81", "sex: female", "no value", "Age: 5")) == {"age": "81", "sex": "female"}
    assert codes_in(("Dx: ",)) == ()
    assert codes_in(("Dx: 1", "Age: 5", "Dx: 2")) == ("1", "2")
