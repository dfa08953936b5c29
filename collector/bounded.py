"""The body of an HTTP answer, as far as it may go. What came from outside never fills our memory."""

import aiohttp

_PIECE = 65_536


async def body_of(answer: aiohttp.ClientResponse, most: int) -> bytes | None:
    """The whole body, or None if it is larger than `most` octets, of which no more is read.

    Raises:
        aiohttp.ClientError, TimeoutError: the connection broke, or its time was over.
    """
    body = bytearray()
    async for piece in answer.content.iter_chunked(_PIECE):
        body += piece
        if len(body) > most:
            return None
    return bytes(body)
