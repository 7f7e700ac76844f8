"""(Lock, what was observed) -> Outcome and its judgement: as planned, too much or little, or for another load.

Pure: histograms in, bounded percentiles out; `judge` compares them with the lock.
"""
