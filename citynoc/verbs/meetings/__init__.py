"""The actions of `citynoc meeting`, one module each: `HELP`, `add(parser)` and `run(args) -> int`, as a verb has them."""
