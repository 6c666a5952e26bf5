"""The ``live`` command."""
