import json

import numpy as np
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from models import list_families
from search.draft import without_prefix
from search.errors import SpaceError
from search.space import default_space, default_space_text, dump_space, make_space, read_space


def space(**families):
    return make_space({"families": families, "train": {"lr": {"low": 1e-3, "high": 1e-2, "log": True}}}, source="here")


def test_every_draw_lies_in_the_space_and_reaches_its_ends():
    made = space(resnet={"width": {"low": 8, "high": 24, "step": 8}, "kernel": [3, 9], "stages": 3})
    rng = np.random.default_rng(0)
    drawn = [made.draw(rng) for _ in range(300)]
    assert {draw["resnet.width"] for draw in drawn} == {8, 16, 24}
    assert {draw["resnet.kernel"] for draw in drawn} == {3, 9}
    assert {draw["resnet.stages"] for draw in drawn} == {3}
    rates = np.array([draw["train.lr"] for draw in drawn])
    assert rates.min() >= 1e-3
    assert rates.max() <= 1e-2
    assert abs(np.log(rates).mean() - np.log([1e-3, 1e-2]).mean()) < 0.1


def test_families_are_drawn_equally_often_and_bring_their_own_numbers_alone():
    made = default_space(["resnet", "convnext"])
    rng = np.random.default_rng(0)
    drawn = [made.draw(rng) for _ in range(400)]
    assert 150 < sum(draw["family"] == "resnet" for draw in drawn) < 250
    for draw in drawn:
        other = "convnext." if draw["family"] == "resnet" else "resnet."
        assert not any(name.startswith(other) for name in draw)


def test_distributions_are_optunas_and_hold_every_draw():
    made = default_space(["resnet"])
    assert made.distribution("resnet.width") == IntDistribution(8, 64, step=8)
    assert made.distribution("train.lr") == FloatDistribution(1e-3, 1e-2, log=True)
    assert made.distribution("family") == CategoricalDistribution(["resnet"])
    rng = np.random.default_rng(0)
    for name, value in made.draw(rng).items():
        assert made.distribution(name)._contains(made.distribution(name).to_internal_repr(value))


def test_a_space_survives_being_written_down():
    made = default_space(["resnet", "convnext"]).within(max_flops=1e7)
    assert make_space(dump_space(made), source="here") == made


def test_all_faults_are_named_at_once():
    with pytest.raises(SpaceError) as raised:
        make_space(
            {
                "families": {"resnet": {"width": {"low": 9, "high": 3}, "kernel": [4], "widht": 8, "stages": []}},
                "train": {"lrr": 1, "optimizer": ["lion"]},
                "extra": 1,
            },
            source="file.yaml",
        )
    message = str(raised.value)
    for part in (
        "file.yaml is not a design space",
        "families.resnet.width: low <= high must hold, but got low=9, high=3",
        "families.resnet.stages: a list of choices must not be empty",
        "kernels must be odd",
        "did you mean width?",
        "train.lrr: a training has no setting lrr; known: lr, optimizer",
        'train.optimizer: choose one of sgd, sgd-momentum, adam, adamw, but got optimizer="lion"',
        "extra: unknown key",
    ):
        assert part in message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("families: {restnet: {}}", "no family 'restnet'; known: convnext, .*; did you mean resnet"),
        ("families: {resnet: {}}\nfamilies: {vit: {}}", "families stands twice"),
        ("families: {resnet: {depths: [[1, 1]]}}", "a choice must be a number, a word, .* but got .1, 1."),
        ("families: [", "is not YAML"),
        ("", "the file: expected names with their values, but got None"),
        ("families: {}", "families: Dictionary should have at least 1 item"),
        ("families: {resnet: {width: {low: 0.0, high: 8, log: true}}}", "a log range needs low > 0"),
        ("families: {resnet: {}}\nbudget: {max_flops: -1}", "budget.max_flops: Input should be greater than 0"),
        ("families: {resnet: {}}\ntrain: {lr: 0}", "train.lr: numbers must be finite and above 0, but got lr=0"),
        ("families: {resnet: {}}\ntrain: {lr: .nan}", "train.lr: numbers must be finite and above 0, but got lr=nan"),
        (
            "families: {resnet: {}}\ntrain: {weight_decay: heavy}",
            "train.weight_decay: numbers must lie between 0 and 1, but got",
        ),
        ("families: {resnet: {kernel: {low: 3, high: 9}}}", "kernels must be odd"),
    ],
)
def test_bad_files_are_refused_with_the_reason(tmp_path, text, message):
    path = tmp_path / "space.yaml"
    path.write_text(text)
    with pytest.raises(SpaceError, match=message):
        read_space(path)


def test_a_number_without_a_decimal_point_is_a_number(tmp_path):
    path = tmp_path / "space.yaml"
    path.write_text("families: {resnet: {}}\ntrain: {lr: {low: 1e-3, high: 1e-2, log: true}}\nbudget: {max_flops: 1e8}")
    assert 1e-3 <= read_space(path).draw(np.random.default_rng(0))["train.lr"] <= 1e-2


@pytest.mark.parametrize("limit", [float("inf"), float("nan"), -1.0])
def test_a_budget_is_a_positive_number(limit):
    with pytest.raises(SpaceError, match=r"budget\.max_flops: Input should be"):
        space(resnet={}).within(max_flops=limit)


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ({"max_memory": "banana"}, r"budget\.max_memory: a size is written like 8GB or 512MiB, but got 'banana'"),
        ({"receptive_field": "5"}, r"receptive field is written A:B, in samples, but got '5'"),
        ({"receptive_field": "9:5"}, r"needs 1 <= A <= B, in samples, but got '9:5'"),
        ({"receptive_field": [0, 5]}, r"needs 1 <= A <= B, in samples, but got \[0, 5\]"),
        ({"max_params": 0}, r"budget\.max_params: Input should be greater than 0, but got 0"),
    ],
)
def test_a_limit_that_is_none_is_refused_with_its_form(limit, message):
    with pytest.raises(SpaceError, match=message):
        space(resnet={}).within(**limit)


def test_limits_add_to_those_of_the_space_and_are_written_down_with_it():
    first = space(resnet={}).within(max_flops=1e8, max_memory="2GB")
    made = first.within(max_params=1000, receptive_field="50:400", max_memory=None)
    written = json.loads(json.dumps(dump_space(made)))
    assert written["budget"] == {
        "max_flops": 1e8,
        "max_params": 1000,
        "max_memory": 2_000_000_000,
        "receptive_field": [50, 400],
    }
    assert make_space(written, source="here") == made


def bare(**families):
    return make_space({"families": families}, source="the test's space")


def test_the_size_counts_sets_of_parameters_over_all_families():
    small = {"stages": [2, 3], "width": {"low": 8, "high": 24, "step": 8}}
    assert bare(resnet=small, convnext={"depth": [1, 2, 3, 4]}).size == 2 * 3 + 4
    assert [part.size for part in bare(resnet=small, convnext={"depth": [1, 2]}).parts] == [6, 2]
    assert bare(regnet={"w_m": {"low": 1.1, "high": 3.0}}).size is None
    assert bare(regnet={"w_m": {"low": 1.1, "high": 3.0, "step": 0.1}}).size == 20


def test_to_vary_is_to_draw_one_number_anew_within_the_family():
    made = bare(resnet={"stages": [2, 3, 4], "width": {"low": 8, "high": 64}}, convnext={"depth": [1, 2]})
    rng = np.random.default_rng(0)
    before = {"family": "resnet", "resnet.stages": 3, "resnet.width": 40}
    varied = [made.vary(before, rng) for _ in range(100)]
    assert all(set(params) == set(before) and params["family"] == "resnet" for params in varied)
    changed = [[name for name in before if params[name] != before[name]] for params in varied]
    assert max(map(len, changed)) == 1
    assert {name for names in changed for name in names} == {"resnet.stages", "resnet.width"}


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SpaceError, match=r"cannot read the design space .*none.yaml"):
        read_space(tmp_path / "none.yaml")


@pytest.mark.parametrize("family", list_families())
def test_most_of_a_default_space_can_be_built_and_is_written_down_whole(family):
    from models import complexity
    from models.errors import ImpossibleNetwork

    made = default_space([family])
    assert make_space(dump_space(made), source="here") == made
    assert default_space_text(family).startswith("# ")
    rng, possible = np.random.default_rng(0), 0
    for _ in range(200):
        numbers = without_prefix(made.draw(rng), f"{family}.")
        try:
            complexity(family, numbers, leads=12, length=1000, classes=26)
            possible += 1
        except ImpossibleNetwork:
            continue
    assert possible > 150


def test_the_regnet_space_is_the_published_one():
    """SOURCES 2, the table."""
    assert dump_space(default_space(["regnet"])) == {
        "families": {
            "regnet": {
                "depth": {"low": 4, "high": 20},
                "stem_width": {"low": 32, "high": 64, "step": 8},
                "w_0": {"low": 32, "high": 128, "step": 8},
                "w_a": {"low": 10, "high": 50},
                "w_m": {"low": 1.1, "high": 3.0, "step": 0.1},
                "group_width": [1, 2, 4, 8, 16, 32],
                "bottleneck_multiplier": [0.5, 1, 2, 4],
                "se_ratio": [0.25, None],
                "stem_kernel": [3, 9, 15],
            }
        },
        "train": {
            "lr": {"low": 0.001, "high": 0.01, "log": True},
            "optimizer": ["sgd", "sgd-momentum", "adamw"],
        },
        "budget": {},
    }


def test_steps_are_drawn_as_one_writes_them():
    made = default_space(["regnet"])
    rng = np.random.default_rng(0)
    drawn = {made.draw(rng)["regnet.w_m"] for _ in range(500)}
    assert drawn == {round(0.1 * tenths, 1) for tenths in range(11, 31)}
    assert all(made.distribution("regnet.w_m")._contains(value) for value in drawn)


def test_nothing_is_a_value():
    made = space(regnet={"se_ratio": [None, 0.5]})
    distribution = made.distribution("regnet.se_ratio")
    assert {made.draw(np.random.default_rng(seed))["regnet.se_ratio"] for seed in range(20)} == {None, 0.5}
    assert distribution.to_external_repr(distribution.to_internal_repr(None)) is None


def test_a_preset_can_be_searched_around():
    made = space(convnext_tiny={"kernel": [7, 15]})
    assert made.draw(np.random.default_rng(0)).keys() == {"family", "convnext_tiny.kernel", "train.lr"}
    with pytest.raises(SpaceError, match="resnet18 is a preset of resnet; take the space of resnet"):
        default_space(["resnet18"])
