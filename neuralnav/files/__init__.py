"""The only disk: find, read, digest and atomically write. Everything else works on values."""
