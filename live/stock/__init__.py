"""The stock guard: admits or refuses units at full rush. Redis admits, SQL decides."""
