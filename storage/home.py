"""Where ecgscale keeps what it keeps on this machine."""

import os
import sys
from pathlib import Path

import platformdirs

HOME = "ECGSCALE_HOME"


def home() -> Path:
    """ECGSCALE_HOME, or the user's data folder; for root /var/lib/ecgscale.

    The embedded Postgres refuses to run as root, runs as a user of its own instead, and for that opens the folders
    above its data; that must not be root's home.
    """
    named = os.environ.get(HOME)
    if named:
        return Path(named).expanduser().resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/ecgscale")
    if sys.platform == "darwin":
        return Path.home() / ".ecgscale"  # "Application Support" has a space in it, which the embedded Postgres refuses
    return Path(platformdirs.user_data_dir("ecgscale"))


def trial_folder(study_key: str, number: int) -> Path:
    """Checkpoint and finished network of one trial."""
    return home() / "trials" / study_key / str(number)


def log_folder(study_key: str) -> Path:
    """Logs of the workers that `launch` started for a study."""
    return home() / "logs" / study_key
