"""Which form a client can read: HTTP's Accept, Accept-Encoding and their like. Pure.

Source: RFC 9110 §12.5. Headers come from anybody: what cannot be parsed is ignored, never an error.
"""

from collections.abc import Iterator

from exporters.exposition import Form


def _items(value: str) -> Iterator[tuple[str, dict[str, str], float]]:
    for item in value.split(","):
        name, *rest = (part.strip() for part in item.split(";"))
        parameters: dict[str, str] = {}
        for part in rest:
            key, _, text = part.partition("=")
            parameters[key.strip().lower()] = text.strip().strip('"')
        try:
            quality = float(parameters.pop("q", "1"))
        except ValueError:
            continue
        if name and 0 <= quality <= 1:
            yield name.lower(), parameters, quality


def form(accept: str) -> Form:
    """OpenMetrics 1.0.0 if the client prefers it to the text format, which is the answer to everything else."""
    openmetrics = text = anything = 0.0
    for name, parameters, quality in _items(accept):
        if name == "application/openmetrics-text" and parameters.get("version", "1.0.0") == "1.0.0":
            openmetrics = max(openmetrics, quality)
        elif name == "text/plain":
            text = max(text, quality)
        elif name in ("*/*", "text/*"):
            anything = max(anything, quality)
    return Form.OPENMETRICS if openmetrics > max(text, anything) else Form.TEXT


def preferences(header: str) -> Iterator[tuple[str, float]]:
    """Each value that a client would take and how much it likes it, 0 to 1, in its own order."""
    return ((name, quality) for name, _, quality in _items(header))


def html_wanted(accept: str) -> bool:
    """Whether a browser asks: it names HTML, which a script that takes anything does not."""
    return any(name == "text/html" and quality > 0 for name, _, quality in _items(accept))


def gzip_accepted(accept_encoding: str) -> bool:
    """Whether a gzip body may be sent. An absent header takes none: the client may be a person with `nc`."""
    qualities = {name: quality for name, _, quality in _items(accept_encoding)}
    return qualities.get("gzip", qualities.get("*", 0.0)) > 0
