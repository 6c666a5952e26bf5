"""Python runs this in every process of a server that a ``World`` starts; see ``steps.py``."""

import os
import sys

if "FAULT_STEP" in os.environ and "worker" in sys.orig_argv:
    from pathlib import Path

    from tests.faults.steps import arm

    directory = Path(os.environ["FAULT_DIRECTORY"])
    arm(os.environ["FAULT_STEP"], int(os.environ["FAULT_PASSAGE"]), directory)

if "FAULT_WITHOUT" in os.environ and "worker" in sys.orig_argv:
    from tests.faults.unguarded import GUARDS

    GUARDS[os.environ["FAULT_WITHOUT"]]()
