"""What every test may rely on: a coroutine function runs on an event loop of its own; logging is as it was.

Where CI=true, property tests draw the same examples each time: a red build is about the change. At a desk they go on
looking for new ones.
"""

import asyncio
import inspect
import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings


def pytest_configure() -> None:
    """Choose how property tests draw their examples."""
    settings.register_profile("ci", derandomize=True)
    if os.environ.get("CI") == "true":
        settings.load_profile("ci")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an `async def test_…`; synchronous tests go pytest's own way."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture(autouse=True)
def _logging_is_nobodys() -> Iterator[None]:
    """A test that runs a verb sets up logging to its own captured stderr, which is closed for whoever comes next."""
    yield
    structlog.reset_defaults()
