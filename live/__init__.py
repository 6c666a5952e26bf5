"""Tiantou Live: the platform that sells a county's harvest live, and never sells a box twice."""

__version__ = "0.1.0"
