"""SQL and Redis: connections, transactions, facts and their relay. Knows no feature."""
