"""One file per family: its numbers, its block, its plan."""
