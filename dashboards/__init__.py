"""Draws: builds Grafana dashboards from the metric catalogue, at build time and never in the service."""
