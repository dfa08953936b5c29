"""What every test may rely on: a test that is a coroutine function runs on an event loop of its own.

Where CI=true, property tests draw the same examples each time: a red build is about the change. At a desk they go on
looking for new ones.
"""

import asyncio
import inspect
import os

import pytest
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
