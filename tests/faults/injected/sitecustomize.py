"""Python runs this in every process of a server that a ``World`` starts; see ``steps.py``."""

import os
import sys

if "FAULT_STEP" in os.environ and "worker" in sys.orig_argv:
    from pathlib import Path

    from tests.faults import clocks, steps

    directory = Path(os.environ["FAULT_DIRECTORY"])
    clocks.arm(directory)
    steps.arm(os.environ["FAULT_STEP"], int(os.environ["FAULT_PASSAGE"]), directory)

# The process that writes to SQLite decides there what may be sold.
if "FAULT_WITHOUT" in os.environ and {"worker", "live.storage.sqlite_writer"} & {*sys.orig_argv}:
    from tests.faults.unguarded import GUARDS

    GUARDS[os.environ["FAULT_WITHOUT"]]()
