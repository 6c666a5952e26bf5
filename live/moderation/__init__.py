"""Chat that a host can live with: slow mode, mutes, bans, deleted messages, refused words."""
