"""Meetings in the running service: looked at every few seconds, and written down."""
