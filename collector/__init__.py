"""Measures and judges: the only code that talks to devices and brokers.

It may import its own modules and well-kept libraries, never `exporters`, `dashboards` or `citynoc`.
"""
