"""How the service logs: JSON lines when a machine reads, plain text at a terminal; one event with facts a line.

Lines that name a device are also handed to `about_device`, so that its page can show what led to a failure.
Secrets hide by type (`collector.model.Secret`), not by care.
"""

import logging
import sys
from collections.abc import Callable
from datetime import datetime

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
        _stamp,
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
    logging.basicConfig(handlers=[_AsEvent(logging.WARNING)], level=logging.WARNING)


def _stamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    # With its offset: whoever reads it beside an outage may live by another clock than this machine.
    event["timestamp"] = datetime.now().astimezone().isoformat(timespec="milliseconds")
    return event


class _AsEvent(logging.Handler):
    """What a library says becomes an event like our own: one line, in the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        """Never raises: a library must not fail over what it wanted to say."""
        try:
            structlog.get_logger().log(
                record.levelno,
                "library.said",
                library=record.name,
                said=record.getMessage(),
                exc_info=record.exc_info,
            )
        except (TypeError, ValueError, OSError):
            self.handleError(record)


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
