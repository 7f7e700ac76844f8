"""A published config.json read into a catalog entry: the table of architectures, and what is read by it."""
