"""How many files a process may have open: a connection is one."""

import contextlib
import resource

ENOUGH = 65_536


def open_many() -> None:
    """Allow as many as the system does: 256 or 1,024 are usual, and more clients than that would be turned away."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if most == resource.RLIM_INFINITY else min(most, ENOUGH)
    if now != resource.RLIM_INFINITY and now < wanted:
        with contextlib.suppress(ValueError, OSError):  # a system may have a limit that it does not tell
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
