"""The sides of a lock that git left in conflict."""


def sides(text: str) -> tuple[str, str, str]:
    """Return the text of our side, the merge base (empty when git did not write it) and their side of a conflict."""
    ours: list[str] = []
    base: list[str] = []
    theirs: list[str] = []
    state, based = "both", False
    for line in text.splitlines(keepends=True):
        if line.startswith("<<<<<<< "):
            state = "ours"
        elif line.startswith("||||||| ") and state == "ours":
            state, based = "base", True
        elif line.rstrip("\n") == "=======" and state in ("ours", "base"):
            state = "theirs"
        elif line.startswith(">>>>>>> ") and state == "theirs":
            state = "both"
        else:
            for name, target in (("ours", ours), ("base", base), ("theirs", theirs)):
                if state in ("both", name):
                    target.append(line)
    return "".join(ours), "".join(base) if based else "", "".join(theirs)
