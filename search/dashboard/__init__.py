"""optuna-dashboard on the studies' storage, with our figures and notes, behind a guard."""

from search.dashboard.guard import is_loopback, read_password
from search.dashboard.server import Dashboard, make_dashboard

__all__ = ["Dashboard", "is_loopback", "make_dashboard", "read_password"]
