"""Says a text in the language of the build: every text of a dashboard is written once, in both languages, side by side."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """Languages that dashboards are built in; also the last part of a dashboard's uid."""

    ENGLISH = "en"
    VIETNAMESE = "vi"

    @property
    def other(self) -> "Language":
        """The language that the dashboard's switch leads to."""
        return Language.VIETNAMESE if self is Language.ENGLISH else Language.ENGLISH

    @property
    def endonym(self) -> str:
        """The language's name in itself."""
        return {"en": "English", "vi": "Tiếng Việt"}[self.value]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Picks the text of its language. A missing translation is a type error, not a gap on the wall."""

    language: Language

    def __call__(self, english: str, vietnamese: str) -> str:
        """The text in this build's language."""
        return english if self.language is Language.ENGLISH else vietnamese
