"""Who follows which host, who wants to be reminded of which event, and events as calendar files."""
