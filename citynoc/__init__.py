"""The shell: verbs, the service that wires collector and exporters together, the simulator and the demo."""

__version__ = "0.1.0"
