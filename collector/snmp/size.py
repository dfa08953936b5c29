"""How many objects one question to one agent may hold: shrinks when agents struggle, grows back carefully. Pure."""

MOST = 48  # objects of a GET whose answer still fits an Ethernet frame
CALM = 4  # full polls without trouble before a larger question is tried
MOST_CALM = 512  # ... and after repeated trouble


class RequestSize:
    """The size for one agent. `limit` is at least 1 and at most `most`."""

    __slots__ = ("_calm", "_grown", "_wanted", "limit", "most")

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.limit = most
        self._calm = 0
        self._wanted = CALM
        self._grown = False

    def trouble(self, asked: int) -> bool:
        """A question of `asked` objects was too big, lost or slow. True if the limit is smaller now."""
        smaller = max(1, min(asked, self.limit) // 2)
        self._calm = 0
        if self._grown:
            self._wanted = min(self._wanted * 2, MOST_CALM)
            self._grown = False
        if smaller >= self.limit:
            return False
        self.limit = smaller
        return True

    def slow(self, asked: int) -> None:
        """A question of `asked` objects was answered in time, but only just: ask for a quarter less."""
        self._calm = 0
        if asked >= self.limit > 1:
            self.limit -= max(1, self.limit // 4)

    def calm(self) -> None:
        """A full poll went well."""
        if self.limit == self.most:
            return
        self._calm += 1
        if self._calm >= self._wanted:
            self._calm = 0
            self._grown = True
            self.limit = min(self.most, self.limit + max(1, self.limit // 2))
