"""(Side, Side, causes) -> WorkloadDiff: decisions, rank moves, what crossed over, and what changed. Pure."""
