"""The pages as text: templates filled with what a scene says. No HTTP, no clock; everything is escaped.

Templates and static files lie in the package. Every page obeys `POLICY`: nothing inline, nothing from elsewhere.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from exporters.live.scene import Scene
from exporters.live.texts import Language, Speech

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy: our own files and nothing inline."""
ALONE = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Of a page that stands alone, as one that is saved or sent: its own style and nothing else, no script at all."""

TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file. Its address changes with its content, so it may be kept for ever."""

    body: bytes
    content_type: str
    href: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where the reader is: the path and those parameters that make the page what it is."""

    path: str
    query: Mapping[str, str]

    def same(self, **changed: str) -> str:
        """This address with some parameters changed: on this server, whatever path somebody made up (`//elsewhere`)."""
        query = {name: value for name, value in {**self.query, **changed}.items() if value}
        path = f"/{quote(self.path.lstrip('/'))}"
        return f"{path}?{urlencode(query)}" if query else path


class Pages:
    """Renders any page; may be used from several threads. `machines` are the paths that programs read."""

    def __init__(self, machines: Sequence[str] = ()) -> None:
        self.assets = {asset.href.partition("?")[0]: asset for asset in _assets()}
        self._templates = Environment(
            loader=PackageLoader("exporters.live"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals["asset"] = lambda name: self.assets[f"/static/{name}"].href
        self._templates.globals["machines"] = machines
        self._speeches = {one: Speech(one) for one in Language}

    def speech(self, language: Language) -> Speech:
        """The texts of a language."""
        return self._speeches[language]

    def render(self, template: str, scene: Scene, address: Address, **values: object) -> bytes:
        """A page. `values` are what this template shows beside what all have."""
        return (
            self._templates.get_template(template)
            .render(
                scene=scene,
                say=scene.say,
                speeches=tuple(self._speeches.values()),
                here=address.path,
                same=address.same,
                switch=lambda language: address.same(lang=str(language)),
                **values,
            )
            .encode()
        )


def _assets() -> list[Asset]:
    found = []
    for file in resources.files("exporters.live").joinpath("static").iterdir():
        body = file.read_bytes()
        suffix = file.name[file.name.rindex(".") :]
        version = hashlib.sha256(body).hexdigest()[:12]
        found.append(Asset(body, TYPES[suffix], f"/static/{file.name}?v={version}"))
    return found
