"""What an instruction asks of a workload that exists: amounts of what it has, lists, wishes, removals, a name."""
