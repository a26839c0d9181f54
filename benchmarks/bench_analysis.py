"""The analysis of studies of 1,000, 10,000 and 100,000 trials in Postgres, beside Optuna's own ways, in one run.

    python benchmarks/bench_analysis.py                 # about 5 minutes
    python benchmarks/bench_analysis.py --sizes 1000 10000

Each trial has ten parameters and twelve attributes. Every measurement is made in a process of its own; memory is what
that process needed beyond its imports. Optuna reads from the same server through its own storage.
"""

import argparse
import math
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from made_study import make_study
from postgres_server import PostgresServer, postgres_server
from sleeping_workers import start

from analysis.analyze import analyze
from analysis.pareto import default_reference, hypervolume, pareto_mask
from analysis.question import Question
from analysis.trials import STUDY_OBJECTIVES, load_trials
from storage.database import Database, open_database
from storage.studies import find_study

_OPTUNA_AT_MOST = 10_000  # its dataframe takes minutes beyond
_REPEATS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", nargs="+", type=int, default=[1_000, 10_000, 100_000])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ecgscale-") as folder, postgres_server(Path(folder) / "server") as server:
        os.environ["ECGSCALE_STORAGE_PASSWORD_FILE"] = str(server.password_file)
        database = open_database(server.url)
        for size in asked.sizes:
            make_study(database, f"made {size}", size)
        for title, ours, theirs in (
            ("the table", our_table, optunas_table),
            ("front and hypervolume", our_front, optunas_front),
            ("the whole analysis without SHAP", our_analysis, None),
        ):
            print(title)
            _row_per_size(server, Path(folder), asked.sizes, ours, theirs)


Measured = Callable[[Database, PostgresServer, str], Callable[[], Any]]


def our_table(database: Database, server: PostgresServer, name: str) -> Callable[[], Any]:
    study = find_study(database, name)
    return lambda: load_trials(database, [study])


def optunas_table(database: Database, server: PostgresServer, name: str) -> Callable[[], Any]:
    return lambda: _optunas(server, name).trials_dataframe()


def our_front(database: Database, server: PostgresServer, name: str) -> Callable[[], Any]:
    values = load_trials(database, [find_study(database, name)]).complete().values.to_numpy()
    directions = [objective.direction for objective in STUDY_OBJECTIVES]

    def find() -> None:
        pareto_mask(values, directions)
        hypervolume(values, directions, default_reference(values, directions), log_axes=(False, True))

    return find


def optunas_front(database: Database, server: PostgresServer, name: str) -> Callable[[], Any]:
    study = _optunas(server, name)
    study.get_trials(deepcopy=False)  # so that the trials are in its cache, as our values are in memory
    return lambda: study.best_trials


def our_analysis(database: Database, server: PostgresServer, name: str) -> Callable[[], Any]:
    study = find_study(database, name)
    return lambda: analyze(load_trials(database, [study]), Question.of_study(shap=False))


def _row_per_size(
    server: PostgresServer, folder: Path, sizes: list[int], ours: Measured, theirs: Measured | None
) -> None:
    told = []
    for size in sizes:
        mine = _measured(server, folder, ours, f"made {size}")
        told.append(mine[0])
        line = f"  {size:>7,} trials: {mine[0]:8.3f} s, {mine[1]:5.0f} MB"
        if theirs is not None and size <= _OPTUNA_AT_MOST:
            other = _measured(server, folder, theirs, f"made {size}")
            line += f"; Optuna {other[0]:8.3f} s, {other[1]:5.0f} MB: {other[0] / mine[0]:.0f} x"
        print(line, flush=True)
    if len(sizes) > 1:
        print(f"  grows as the number of trials to the power {_slope(sizes, told):.2f}")


def _slope(sizes: list[int], seconds: list[float]) -> float:
    return float(np.polyfit([math.log(size) for size in sizes], [math.log(s) for s in seconds], 1)[0])


def _measured(server: PostgresServer, folder: Path, what: Measured, name: str) -> tuple[float, float]:
    """Seconds (the best of some calls, after one that is not counted for short ones) and MB."""
    out = folder / "measured"
    start(_measure, server, what, name, out).join()
    seconds, memory = out.read_text().split()
    return float(seconds), float(memory)


def _measure(server: PostgresServer, what: Measured, name: str, out: Path) -> None:
    call = what(open_database(server.url), server, name)
    before = _memory_mb()
    taken = []
    for _ in range(_REPEATS):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
        if taken[-1] > 5:
            break
    out.write_text(f"{min(taken)} {_memory_mb() - before}")


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _optunas(server: PostgresServer, name: str) -> Any:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    url = server.url.replace("postgresql://ecgscale@", f"postgresql+psycopg://ecgscale:{server.password}@")
    return optuna.load_study(study_name=name, storage=url)


if __name__ == "__main__":
    main()
