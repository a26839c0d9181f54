"""Finished trials in; Pareto front, importance, laws, findings and a report out. No torch, no networks."""
