"""Breaks and repairs the simulated city through the simulator's control address.

Never touches a real device: the address is our own child's. Each call returns when the simulator has done it.
"""

from collections.abc import Mapping

import aiohttp

from citynoc.demo.supervisor import DemoError

PATIENCE = aiohttp.ClientTimeout(total=10)


class Control:
    """The simulator's control API; `what` is `{"device": NAME}`, `{"link": NAME}` or `{"cable": NAME}`."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def cut(self, what: Mapping[str, object]) -> None:
        """Make it silent, with all that is reached only through it."""
        await self.act("cut", what)

    async def repair(self, what: Mapping[str, object]) -> None:
        """Undo a cut."""
        await self.act("repair", what)

    async def act(self, action: str, what: Mapping[str, object]) -> None:
        """Any other action by its path.

        Raises:
            DemoError: the simulator refused, or could not be asked.
        """
        try:
            async with self._session.post(
                f"{self._url}/{action}", json=dict(what), timeout=PATIENCE
            ) as response:
                if response.ok:
                    return
                text = (await response.text()).strip()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise DemoError(
                f"the simulator could not be asked to {action} {dict(what)}: {error!r}"
            ) from error
        raise DemoError(f"the simulator refused to {action} {dict(what)}: {response.status} {text}")
