"""Which language a reader gets: what they chose now, chose before, or their browser asks for. Pure.

Source of the header: RFC 9110 §12.5.4. It comes from anybody: what cannot be parsed is ignored.
"""

from exporters.live.texts import Language
from exporters.negotiation import preferences

COOKIE = "citynoc_lang"
KEPT_SECONDS = 365 * 86400


def chosen(query: str | None, cookie: str | None, accept_language: str) -> Language:
    """The first of these that names a language we have; Vietnamese if none does."""
    for value in (query, cookie):
        if value in tuple(Language):
            return Language(value)
    best, quality = Language.VIETNAMESE, 0.0
    for tag, weight in preferences(accept_language):
        primary = tag.partition("-")[0]
        if primary in tuple(Language) and weight > quality:
            best, quality = Language(primary), weight
    return best
