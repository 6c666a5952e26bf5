"""Live sales events (助农直播): schedule, start, end, and what their room shows of them."""
