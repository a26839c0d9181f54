"""Looking into a record store: what is in it, and what it looks like."""

from ecg.inspection.summary import Inspection, inspect_store

__all__ = ["Inspection", "inspect_store"]
