"""(Lock, what was observed) -> Outcome and its judgement: as planned, too much or little, or for another load.

Pure: histograms in, bounded percentiles out (`histogram`); `outcome_of` makes the row that stays, `judge` holds it
against the lock, `reported` and `told` show it.
"""
