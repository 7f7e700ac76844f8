"""Policies over plans: bound to a project, judged as one verdict column per rule, explained, tested, documented."""
