from search.recommending import training_command


def test_a_command_trains_the_same_again(config):
    params = {"family": "resnet", "resnet.width": 8, "train.lr": 0.01, "train.optimizer": "adamw"}
    words = training_command(config, params).split()
    assert words[:3] == ["ecgscale", "train", "resnet"]
    assert {"width=8", "train.lr=0.01", "train.optimizer=adamw", f"train.seed={config.seed}"} <= set(words)
    assert words[words.index("--epochs") + 1] == "1"


def test_a_seed_that_was_searched_is_named_once(config):
    assert training_command(config, {"family": "resnet", "train.seed": 3}).count("train.seed=") == 1
