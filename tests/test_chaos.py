"""The chaos that `benchmarks/chaos_storage.py` wreaks in full, in a small size: kills, a restart, a cut network."""

import subprocess
import sys
from pathlib import Path

import pytest
from postgres_server import is_installed

SCRIPT = Path(__file__).resolve().parents[1] / "benchmarks" / "chaos_storage.py"


@pytest.mark.server
@pytest.mark.skipif(not is_installed(), reason="the machine has no PostgreSQL 15 binaries (Debian: postgresql-15)")
def test_every_trial_is_there_once_after_chaos():
    asked = ["--workers", "4", "--trials", "12", "--kills", "3", "--restarts", "1", "--cuts", "1"]
    done = subprocess.run([sys.executable, SCRIPT, *asked], capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
