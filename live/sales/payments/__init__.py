"""Money: providers behind one port, payments from start to settlement, and refunds."""
