"""Scaling laws: how error falls with compute, size and data, and how the best networks move with their FLOPs.

- `law`: a law through the points of a table; `form` says which, `status` what it is worth, `holdout` what it predicts.
- `frontier`, `quantile`: the law of the best trials of a search.
- `isoflop`: the best size for each compute.
- `scaling`: how depth, width and the like of the best networks move.
- `fit` over `newton`, `curve` and `loss`: the robust fit underneath, for many resamples at once.
"""
