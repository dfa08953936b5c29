"""Publishes the built dashboards to a Grafana that is not provisioned from files.

It looks first, says what differs, and changes only what it published itself: its own folders, its own dashboards.
"""
