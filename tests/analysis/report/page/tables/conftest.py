"""Parts of `report.json` as the tables read them."""

import pytest


@pytest.fixture
def told():
    """A report of four trials: 0 and 1 are equally good trainings of one network, 2 is a worse one, 3 is another."""

    def member(number, width, lr, score, flops, size):
        values = {"balanced_accuracy": score, "flops": flops}
        attrs = {"params": size, "ece": 0.0312, "balanced_accuracy_ci95": [score - 0.02, score + 0.02]}
        drawn = {"family": "resnet", "resnet.width": width, "train.lr": lr}
        test = {"balanced_accuracy": 0.65, "balanced_accuracy_ci95": [0.6, None]}
        shared = {"number": number, "values": values, "params": drawn, "attrs": attrs}
        return shared | {"test": test, "front_probability": 0.874}

    front = [
        member(0, 8, 0.1, 0.7, 1e6, 7_960),
        member(1, 8, 0.2, 0.7, 1e6, 7_960),
        member(3, 16, 0.1, 0.8, 2.5e6, 24_200),
    ]
    best = [
        row | {"observed": row["values"]["balanced_accuracy"], "trials": trials, "budget": {"flops": limit}}
        for row, limit, trials in ((front[0], 1e6, 2), (front[2], 3e6, 2_000), (front[2], 1e7, 2_001))
    ]
    unpredicted = {
        "predicted": None,
        "predicted_ci95": None,
        "candidates": 0,
        "candidate": None,
        "try_candidate": False,
    }
    return {
        "study": {"epochs": 5, "batch_size": 32, "precision": "fp32"},
        "store": {"rate": 100.0},
        "objectives": [{"name": "balanced_accuracy"}, {"name": "flops"}],
        "pareto": front,
        "recommended": [row | unpredicted for row in best],
        "why": {},
    }


@pytest.fixture
def complete(make_trials):
    params = {
        "family": ["resnet"] * 4,
        "resnet.width": [8, 8, 8, 16],
        "train.lr": [0.1, 0.2, 0.3, 0.1],
    }
    return make_trials([0.7, 0.7, 0.6, 0.8], [1e6, 1e6, 1e6, 2.5e6], params=params)


@pytest.fixture
def heads():
    """The heads of a table."""
    return lambda table: [column.head for column in table.columns]


@pytest.fixture
def texts():
    """The cells of a row: the text, and behind a bar what stands below it."""
    return lambda row: [f"{cell.text}|{cell.ends}" if cell.ends else cell.text for cell in row]
