"""How many files, and so connections, this process and its children may have open."""

import sys
from contextlib import suppress


def allow_many_open_files() -> None:
    """Raise the soft limit, 1,024 on many a machine, to the hard one where the system lets us."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 (not to be had on Windows)

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
