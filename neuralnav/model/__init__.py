"""The documents and tables that the stages exchange. Nothing here reads a disk."""
