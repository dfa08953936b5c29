"""How the service's tasks end: told once, and told again if somebody lost the word.

`asyncio.wait_for` of Python 3.11 and whatever is built on it swallow a cancellation that comes in the moment when what
they wait for is done; such a task would run for ever and the service would not stop.
"""

import asyncio
from collections.abc import Collection

import structlog

PATIENCE = 2.0
"""Seconds until a task that was cancelled is cancelled again."""

log = structlog.get_logger(__name__)


async def end(tasks: Collection[asyncio.Task[None]], patience: float = PATIENCE) -> None:
    """Cancel these and return when all have ended; what one of them waits for is cancelled with it if need be."""
    for task in tasks:
        task.cancel()
    left: set[asyncio.Task[None]] = set(tasks)
    while left:
        _, left = await asyncio.wait(left, timeout=patience)
        if left:
            log.warning("service.insists", tasks=sorted(task.get_name() for task in left))
            for other in asyncio.all_tasks() - {asyncio.current_task()}:
                other.cancel()
