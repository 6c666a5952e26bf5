"""``python -m live`` is ``live``."""

from live.cli.main import main

main(prog_name="live")
