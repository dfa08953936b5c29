"""Families of device samples under our own names: what vendors spell differently, normalised in profiles."""

from collector.metrics.family import IDENTITY, Family, Kind

FAMILIES: tuple[Family, ...] = (
    Family(
        "citynoc_device_uptime_seconds",
        Kind.GAUGE,
        "Seconds since the device's agent last started.",
        IDENTITY,
        unit="seconds",
    ),
    Family(
        "citynoc_device_cpu_ratio",
        Kind.GAUGE,
        "Share of a processor in use, 0 to 1.",
        (*IDENTITY, "cpu"),
        unit="ratio",
    ),
    Family(
        "citynoc_device_memory_used_ratio",
        Kind.GAUGE,
        "Share of the memory in use, 0 to 1.",
        (*IDENTITY, "memory"),
        unit="ratio",
    ),
    Family(
        "citynoc_device_temperature_celsius",
        Kind.GAUGE,
        "Temperature of a sensor.",
        (*IDENTITY, "sensor"),
        unit="celsius",
    ),
)
