"""One file per command: `add(parser)` and `run(args) -> int`."""
