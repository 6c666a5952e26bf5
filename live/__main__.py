"""``python -m live`` is ``live``."""

from live.cli.main import main

if __name__ == "__main__":  # a worker imports this under another name
    main(prog_name="live")
