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
    assert (trials.drawn(0), trials.drawn(1)) == ({"a": 1}, {"b": None})
    assert trials.told(0) == {"number": 0, "params": 7, "attrs.a": 8}


def test_an_interval_of_our_own_table_is_read_back_and_what_is_none_is_missing(read):
    table = 'score,params.a,attrs.score_ci95\n0.5,1,"[0.4, 0.6]"\n0.6,2,\n0.7,3,wide\n0.8,4,"[0.7]"\n'
    trials = read(table, Roles(maximize=["score"]))
    assert trials.told(2)["score_ci95"] == [0.4, 0.6]
    assert [line for line in trials.state.index if "score_ci95" in trials.told(line)] == [2]


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


def test_optunas_own_table_is_read_with_its_names_or_without_their_beginnings(read):
    table = "number,state,value,params_depth,user_attrs_flops\n3,COMPLETE,0.5,1,10\n7,COMPLETE,0.6,2,20\n"
    for cost, group in (("user_attrs_flops", "params_depth"), ("flops", "depth")):
        trials = read(table, Roles(maximize=["value"], minimize=[cost], groups=[group]))
        assert trials.drawn(7) == {"depth": 2}
        assert trials.values.loc[3].to_dict() == {"value": 0.5, "flops": 10}


def test_a_column_that_begins_like_one_of_optunas_is_no_parameter_elsewhere(read):
    assert list(read("params_millions,top1\n1,2\n3,4\n", Roles(maximize=["top1"])).params) == []


def test_infinities_in_columns_of_no_role_do_no_harm(read):
    assert read("top1,ratio\n1,inf\n2,3\n", Roles(maximize=["top1"])).told(2) == {"ratio": "inf"}


def test_a_mistake_in_a_column_of_numbers_makes_it_no_category(read):
    rows = "".join(f"{i},{i}\n" for i in range(8))
    with pytest.raises(AnalysisError, match="line 10: width is '64 ch', which is no number"):
        read(f"top1,width\n{rows}8,64 ch\n", Roles(maximize=["top1"], params=["width"]))


def test_trials_are_called_by_a_column_of_names(read):
    trials = read("kind,model,top1\na,resnet18,1\na,vit,2\n", Roles(maximize=["top1"]))
    assert [trials.label(number) for number in trials.state.index] == ["resnet18", "vit"]
    numbered = read("number,architecture,top1\n7,aa3a,1\n8,15d1,2\n", Roles(maximize=["top1"]))
    assert [numbered.label(number) for number in numbered.state.index] == ["7", "8"]


def test_states_that_nobody_knows_are_named(read):
    with pytest.raises(AnalysisError, match="the column state says waiting, where complete is expected"):
        read("state,top1\nwaiting,1\nwaiting,2\n", Roles(maximize=["top1"]))
