"""A runbook's Markdown as HTML for the live page. Pure; imported when the first runbook is asked for.

HTML in the text stays text. Headings but the first, lists, code and links are kept; a link that leads nowhere on this
server is its own words. Source of the format: CommonMark, with tables.
"""

import re
from collections.abc import Callable, Iterable
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

SENTENCE = re.compile(r".+?[.!?…](?=\s|$)", re.DOTALL)

Address = Callable[[str], str | None]


def rendered(text: str, address: Address, command: str) -> str:
    """The text without its title, which the page has itself. `address` says where a link's target is here.

    `command` names a block of code for who cannot see it: such a block scrolls by itself, and so must take the focus.
    """
    parser = _parser()
    tokens = []
    for token in _without_title(parser.parse(text)):
        if token.type in ("fence", "code_block"):
            block = (
                f'<pre tabindex="0" role="group" aria-label="{escape(command)}"><code>{escape(token.content)}'
            )
            tokens.append(Token("html_block", "", 0, content=f"{block}</code></pre>\n"))
        else:
            token.children = token.children and list(_led(token.children, address))
            tokens.append(token)
    return str(parser.renderer.render(tokens, parser.options, {}))


def first_sentence(text: str) -> str:
    """The beginning of the text in plain words; empty if it has no paragraph."""
    tokens = _without_title(_parser().parse(text))
    words = next((_plain(one) for one in tokens if one.type == "inline"), "")
    found = SENTENCE.match(words)
    return found[0] if found else words


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _without_title(tokens: list[Token]) -> list[Token]:
    titled = bool(tokens) and tokens[0].type == "heading_open" and tokens[0].tag == "h1"
    return tokens[3:] if titled else tokens


def _led(tokens: Iterable[Token], address: Address) -> Iterable[Token]:
    """The tokens with links that lead somewhere here; a picture is its description."""
    kept = []
    for token in tokens:
        if token.type == "link_open":
            target = address(str(token.attrs.get("href", "")))
            kept.append(target is not None)
            if target is not None:
                token.attrs = {"href": target}
                yield token
        elif token.type == "link_close":
            if kept.pop():
                yield token
        elif token.type == "image":
            yield Token("text", "", 0, content=token.content)
        else:
            yield token


def _plain(token: Token) -> str:
    return "".join(" " if one.type == "softbreak" else one.content for one in token.children or ())
