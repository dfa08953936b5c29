"""How the service logs: JSON lines when a machine reads, plain text at a terminal; one event with facts a line.

Lines that name a device are also handed to `about_device`, so that its page can show what led to a failure.
Secrets hide by type (`collector.model.Secret`), not by care.
"""

import logging
import sys
from collections.abc import Callable

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from collector.model import DeviceName


def configure(
    about_device: Callable[[DeviceName, str], None] | None = None, *, verbose: bool = False
) -> None:
    """Set up structlog for this process: to stderr, information and worse, or everything when `verbose`."""
    shown: Processor
    if sys.stderr.isatty():
        shown = structlog.dev.ConsoleRenderer()
    else:
        shown = structlog.processors.JSONRenderer(default=repr, ensure_ascii=False)
    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=False),
        structlog.processors.format_exc_info,
    ]
    if about_device is not None:
        processors.append(_copy_to(about_device))
    structlog.configure(
        processors=[*processors, shown],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _copy_to(about_device: Callable[[DeviceName, str], None]) -> Processor:
    def copy(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        device = event.get("device")
        if isinstance(device, str):
            facts = " ".join(
                f"{name}={value}"
                for name, value in event.items()
                if name not in {"event", "timestamp", "device"}
            )
            about_device(DeviceName(device), f"{event['timestamp']} {event['event']} {facts}".rstrip())
        return event

    return copy
