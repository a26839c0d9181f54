from analysis.trials import is_missing
from search.candidates import draw_candidates
from search.config import StudyConfig
from search.draft import make_draft


def test_candidates_are_different_networks_within_the_budget(make_study):
    config = StudyConfig.load(make_study(max_flops=1.0e6).config)
    found = draw_candidates(config, [])
    assert len(found.params) == len(found.attrs) > 10
    assert found.attrs["flops"].max() <= 1.0e6
    rows = [{k: v for k, v in row.items() if not is_missing(v)} for row in found.params.to_dict("records")]
    drafts = [make_draft(config, row) for row in rows]
    assert [draft.complexity.flops for draft in drafts] == found.attrs["flops"].tolist()
    assert len({draft.signature for draft in drafts}) == len(drafts)


def test_neighbours_of_good_networks_are_among_them(config):
    good = {"family": "resnet", "resnet.stages": 2, "resnet.depth": 1, "resnet.width": 8, "resnet.kernel": 7}
    found = draw_candidates(config, [good | {"train.lr": 0.0123}, {"family": "unknown"}])
    assert (found.params["train.lr"] == 0.0123).sum() > 0


def test_what_was_trained_is_no_candidate_any_more(config):
    before = draw_candidates(config, [])
    params = {name: value for name, value in before.params.iloc[0].items() if not is_missing(value)}
    draft = make_draft(config, params)
    training = sorted((name, value) for name, value in params.items() if name.startswith("train."))
    after = draw_candidates(config, [], trained={(draft.complexity.architecture, tuple(training))})
    assert len(after.params) == len(before.params) - 1


def test_the_same_seed_draws_the_same(config):
    assert draw_candidates(config, []).attrs.equals(draw_candidates(config, []).attrs)
