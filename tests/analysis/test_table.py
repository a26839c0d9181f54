import math

import pytest

from analysis.errors import AnalysisError
from analysis.table import read_table


@pytest.fixture
def write(tmp_path):
    def made(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return made


@pytest.mark.parametrize("divider", [",", ";", "\t", "|"])
def test_any_usual_divider_is_read(write, divider):
    rows = [["Model Size", "loss"], ["1e9", " 2.5 "], ["3", ""]]
    table = read_table(write("\n".join(divider.join(row) for row in rows) + "\n\n"))
    assert table.numbers("Model Size").tolist() == [1e9, 3]
    assert table.numbers("loss")[0] == 2.5
    assert math.isnan(table.numbers("loss")[1])
    assert table.lines == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_what_excel_writes_is_read(write, encoding):
    assert read_table(write("größe,y\r\n1,2\r\n".encode(encoding))).numbers("größe").tolist() == [1]


def test_quoted_cells_may_hold_the_divider_and_line_breaks(write):
    table = read_table(write('name,y\n"a, b",1\n"two\nlines",x\n'))
    assert table.column("name").tolist() == ["a, b", "two\nlines"]
    with pytest.raises(AnalysisError, match="line 4: y is 'x', which is no number"):
        table.numbers("y")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("x,y\n", "nothing below it"),
        ("x,x\n1,2\n", "2 columns named 'x'"),
        ("1,2\n3,4\n", "put a header"),
        ("x,y\n1,2,3\n", "line 2: 3 cells, but the header names 2 columns"),
        ('x,y\n"1,2\n', "line 2: unexpected end of data"),
        (b"x,y\n1,\xff\n", r"not UTF-8 text \(byte 6\)"),
        (b"x,y\n1,\0\n", "not text"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(write, content, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        read_table(write(content))


def test_what_cannot_be_read_is_named(tmp_path):
    with pytest.raises(AnalysisError, match="No such file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(AnalysisError, match="is a folder"):
        read_table(tmp_path)


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("abc", "line 3: loss is 'abc', which is no number"),
        ("inf", "line 3: loss is inf, which is not finite"),
        ("-1", "a logarithm needs numbers above 0"),
        ("0", "a logarithm needs numbers above 0"),
    ],
)
def test_a_cell_that_is_no_number_is_named_with_its_line(write, cell, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        read_table(write(f"loss\n1\n{cell}\n")).numbers("loss", positive=True)


def test_a_missing_column_is_named_with_the_nearest_there_is(write):
    table = read_table(write("Model Size,loss\n1,2\n"))
    with pytest.raises(AnalysisError, match="no column 'Model size'; did you mean 'Model Size'"):
        table.numbers("Model size")
    with pytest.raises(AnalysisError, match="it has Model Size, loss"):
        table.numbers("wholly else")
