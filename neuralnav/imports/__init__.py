"""Imports: the bytes of a benchmark report to rows of the benchmark table, or to what is wrong with it."""
