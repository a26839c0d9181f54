import pytest

from analysis.errors import AnalysisError
from analysis.from_table import Roles, trials_of
from analysis.table import read_table
from analysis.trials import Direction

ROLES = Roles(maximize=["top1"], minimize=["gmacs"], params=["depth", "se"], groups=["family"], log=["gmacs"])
TABLE = """family,depth,se,top1,gmacs,seconds
resnet,18,none,70,1.8,3
resnet,,0.25,75,4,
regnet,40,none,,9,1
"""


@pytest.fixture
def read(tmp_path):
    def made(text, roles=ROLES):
        path = tmp_path / "t.csv"
        path.write_text(text)
        return trials_of(read_table(path), roles)

    return made


def test_rows_become_trials_numbered_by_their_lines(read):
    trials = read(TABLE)
    assert [(o.name, o.direction, o.log) for o in trials.objectives] == [
        ("top1", Direction.MAXIMIZE, False),
        ("gmacs", Direction.MINIMIZE, True),
    ]
    assert trials.state.to_dict() == {2: "complete", 3: "complete", 4: "unfinished"}
    assert trials.drawn(2) == {"depth": 18, "se": None}
    assert trials.drawn(3) == {"se": 0.25}
    assert trials.told(2) == {"family": "resnet", "seconds": 3}
    assert list(trials.complete().state.index) == [2, 3]


def test_a_column_of_states_says_what_is_complete(read):
    table = "state,top1\nCOMPLETE,1\nTrialState.COMPLETE,2\nPRUNED,3\nFAIL,\n"
    assert read(table, Roles(maximize=["top1"])).state.tolist() == ["complete", "complete", "pruned", "fail"]


def test_a_table_of_our_own_report_is_read_back(read):
    table = "number,state,score,params.a,params.b,attrs.params,attrs.a\n0,complete,0.5,1,,7,8\n1,complete,0.6,,none,,\n"
    trials = read(table, Roles(maximize=["score"]))
    assert (trials.drawn(2), trials.drawn(3)) == ({"a": 1}, {"b": None})
    assert trials.told(2) == {"number": 0, "params": 7, "attrs.a": 8}


@pytest.mark.parametrize(
    ("table", "roles", "sentence"),
    [
        (TABLE.replace("70", "high"), ROLES, "line 2: top1 is 'high', which is no number"),
        (TABLE.replace("70", "inf"), ROLES, "line 2: top1 is inf, which is not finite"),
        (TABLE.replace("1.8", "-1.8"), ROLES, "line 2: gmacs is -1.8, and a logarithm needs numbers above 0"),
        (TABLE.replace("18", "1e999"), ROLES, "line 2: depth is 1e999, which is not finite"),
        ("\n".join(TABLE.split("\n")[:2]), ROLES, "1 complete trial in 1 line; at least 2 are needed"),
        (TABLE.replace("75", "70"), ROLES, "all 2 complete trials of .* have top1 70; there is nothing to explain"),
        (TABLE.replace("top1", "top_1"), ROLES, "no column 'top1'; did you mean 'top_1'"),
        (TABLE.replace("depth", "dept"), ROLES, "no column 'depth'; did you mean 'dept'"),
        (TABLE.replace("family", "kind"), ROLES, "no column 'family'"),
        ("state,top1\nFAIL,1\nFAIL,2\n", Roles(maximize=["top1"]), "0 complete trials in 2 lines"),
        (TABLE, Roles(), "--maximize COLUMN or --minimize COLUMN"),
        (TABLE, Roles(maximize=["top1"], params=["top1"]), "'top1' has two roles"),
        (TABLE, Roles(maximize=["top1"], log=["gmacs"]), "--log names 'gmacs', which is no objective"),
    ],
)
def test_a_malformed_table_gives_one_clear_sentence(read, table, roles, sentence):
    with pytest.raises(AnalysisError, match=sentence) as caught:
        read(table, roles)
    assert "\n" not in str(caught.value)
