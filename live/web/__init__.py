"""HTTP conventions every feature shares: routes that name who may call them, bodies, problems."""
