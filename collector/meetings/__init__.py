"""When the city confers: meetings and their sittings, who takes part, and whether each participant can join."""
