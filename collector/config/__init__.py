"""Reads `config/`: text to typed inventory, or every problem at once with file, line and column."""
