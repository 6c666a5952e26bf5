"""A simulated audience over real sockets, and the Xuwen event it plays in."""
