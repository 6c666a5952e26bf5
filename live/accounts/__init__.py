"""People: sign-in by phone and code, sessions, roles, addresses."""
