import pytest

from analysis.report.page.tables.spent import spent_table


@pytest.mark.parametrize(
    ("spent", "unit", "rows"),
    [
        ({"finished": 7_200.0, "lease expired": 800.0, "failed": 0.0}, "hours", [["2", "90.0"], ["0.222", "10.0"]]),
        ({"finished": 150.0}, "minutes", [["2.5", "100.0"]]),
        ({"finished": 9.0}, "seconds", [["9", "100.0"]]),
        (None, "seconds", []),
    ],
)
def test_times_are_in_the_unit_of_their_sum(heads, texts, spent, unit, rows):
    table = spent_table({"spent": spent})
    assert heads(table)[1] == f"worker {unit}"
    assert [texts(row)[1:] for row in table.rows] == rows
