"""Training one network on a record store: deterministic for a seed, checkpointed every epoch."""
