"""Python runs this in every process of a server that a ``World`` starts; see ``steps.py``."""

import os
import sys

program = " ".join(sys.orig_argv)
forks_workers = "multiprocessing.forkserver" in program
if "FAULT_STEP" in os.environ and forks_workers:
    from pathlib import Path

    from tests.faults import clocks, steps

    directory = Path(os.environ["FAULT_DIRECTORY"])
    clocks.arm(directory)
    steps.arm(os.environ["FAULT_STEP"], int(os.environ["FAULT_PASSAGE"]), directory)

# The process that writes to SQLite decides there what may be sold.
writes = "live.storage.sqlite_writer" in program
if "FAULT_WITHOUT" in os.environ and (forks_workers or writes):
    from tests.faults.unguarded import GUARDS

    GUARDS[os.environ["FAULT_WITHOUT"]]()
