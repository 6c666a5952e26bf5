"""The room: one state, many viewers. Knows no feature; features hand it sections and commands."""
