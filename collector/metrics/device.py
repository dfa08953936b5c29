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
    Family(
        "citynoc_device_fan_ok",
        Kind.GAUGE,
        "1 if the fan works, 0 if it does not; absent where there is none.",
        (*IDENTITY, "fan"),
    ),
    Family(
        "citynoc_device_power_supply_ok",
        Kind.GAUGE,
        "1 if the power supply works, 0 if it does not; absent where there is none.",
        (*IDENTITY, "supply"),
    ),
    Family("citynoc_device_sessions", Kind.GAUGE, "Sessions that a firewall holds open.", IDENTITY),
    Family(
        "citynoc_ups_on_battery",
        Kind.GAUGE,
        "1 while the UPS feeds its load from the battery, else 0.",
        IDENTITY,
    ),
    Family(
        "citynoc_ups_battery_charge_ratio",
        Kind.GAUGE,
        "Charge of the battery, 0 to 1.",
        IDENTITY,
        unit="ratio",
    ),
    Family(
        "citynoc_ups_battery_runtime_seconds",
        Kind.GAUGE,
        "Seconds for which the battery would feed the present load, by the UPS's own estimate.",
        IDENTITY,
        unit="seconds",
    ),
    Family(
        "citynoc_ups_load_ratio",
        Kind.GAUGE,
        "Load as a share of what the UPS can feed.",
        (*IDENTITY, "line"),
        unit="ratio",
    ),
    Family(
        "citynoc_ups_input_voltage_volts",
        Kind.GAUGE,
        "Voltage of the mains at the UPS.",
        (*IDENTITY, "line"),
        unit="volts",
    ),
    Family(
        "citynoc_ups_output_voltage_volts",
        Kind.GAUGE,
        "Voltage that the UPS gives.",
        (*IDENTITY, "line"),
        unit="volts",
    ),
)
