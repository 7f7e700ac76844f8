"""Fitting the serving model to measured runs, and judging it on runs that were left out. Reads no disk."""
