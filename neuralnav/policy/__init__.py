"""The policy language: a typed subset of CEL. Text -> parse -> check -> lower to Arrow | interpret -> explain."""
