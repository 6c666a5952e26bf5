"""Whose child is whose, as the kernel has it."""

from pathlib import Path

_FORKS_WORKERS = b"multiprocessing.forkserver"


def children_of(pid: int) -> list[tuple[int, bytes]]:
    """(process id, command line) of each."""
    found = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            try:
                found.append((int(child), Path(f"/proc/{child}/cmdline").read_bytes()))
            except OSError:  # ended meanwhile
                continue
    return sorted(found)


def workers_of(server_pid: int) -> list[int]:
    """The processes that serve, of a server with several."""
    return [
        pid
        for nursery, command in children_of(server_pid)
        if _FORKS_WORKERS in command
        for pid, _ in children_of(nursery)
    ]
