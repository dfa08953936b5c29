"""Starts the real servers beside the service, watches them, and stops them cleanly."""
