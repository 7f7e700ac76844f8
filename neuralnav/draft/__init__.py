"""Prose -> Draft -> workload.yaml. The flow: prepare, read by rules, ask a model where there is one, check, settle."""
