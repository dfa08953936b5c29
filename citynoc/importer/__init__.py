"""A list of communes becomes a configuration that an operator then owns: read, laid out, written."""
