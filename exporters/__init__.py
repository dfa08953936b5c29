"""Publishes: reads snapshots that the collector made and writes them out; it never measures."""
