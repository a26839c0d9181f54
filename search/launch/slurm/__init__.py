"""Job arrays of Slurm."""
