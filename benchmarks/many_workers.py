"""150 workers on a default PostgreSQL of 100 connections keep all their leases.

    python benchmarks/many_workers.py                # five minutes
    python benchmarks/many_workers.py --seconds 60

Ends with 1 where a lease was lost, a trial is missing, or more than 90 connections were ever open.
"""

import argparse
import sys
import time

from proving_ground import proving_ground
from sleeping_workers import our_study, our_worker, start
from watch_connections import Watch

from storage.progress import progress

_MOST_CONNECTIONS = 90


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--workers", type=int, default=150)
    parser.add_argument("--seconds", type=float, default=300.0)
    asked = parser.parse_args()
    with proving_ground() as ground:
        url, database = ground.server.url, ground.database
        study = our_study(database, "many", ground.store, asked.workers)
        watch = Watch(url)
        began = time.monotonic()
        workers = [start(our_worker, url, "many", asked.seconds) for _ in range(asked.workers)]
        most_running = 0
        while any(worker.is_alive() for worker in workers):
            most_running = max(most_running, len(progress(database, study).running))
            time.sleep(2)
        took = time.monotonic() - began
        peak = watch.end()
        state = progress(database, study)
    lost = [worker.exitcode for worker in workers if worker.exitcode != 0]
    print(f"{asked.workers} workers, {asked.seconds:g} s per trial: all ended after {took:.0f} s")
    print(f"leases held at once {most_running}, trials {state.states}, spent in vain {state.wasted or 'nothing'}")
    print(f"connections: at most {peak} in pg_stat_activity, the server's own processes included")
    good = state.states == {"complete": asked.workers} and not state.wasted and not lost
    sys.exit(0 if good and most_running == asked.workers and peak <= _MOST_CONNECTIONS else 1)


if __name__ == "__main__":
    main()
