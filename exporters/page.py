"""The front page in plain HTML: what is up, what is broken, and where the rest is. Pure, no script."""

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from html import escape

from collector.model import Inventory
from collector.outages.state import CityState, State
from exporters.state import shown

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}th,td{text-align:left;padding:.2rem 1.5rem .2rem 0}"
    ".alarm{color:#b00020;font-weight:600}"
)
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Content-Security-Policy: nothing but this page's own style."""

OUTAGES_LISTED = 50


def index(
    inventory: Inventory, state: CityState, endpoints: Sequence[tuple[str, str]], *, ready: bool
) -> str:
    """The page. `endpoints` are paths and what they hold."""
    counts = Counter(verdict.state for name, verdict in state.devices.items() if name in inventory.devices)
    unjudged = len(inventory.devices) - counts.total()
    open_outages = [one for one in shown(state) if one.ended is None]
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>citynoc {escape(inventory.city.name)}</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(inventory.city.name)}</h1>",
    ]
    if not ready:
        lines.append("<p>Starting: the first round of polls is not complete.</p>")
    if state.blind:
        lines.append(
            '<p class="alarm">Blind: the first hop out of this machine is silent; nothing can be judged.</p>'
        )
    lines.append("<h2>Devices</h2><table>")
    lines += [
        f"<tr><th>{one.name.lower().replace('_', ' ')}</th><td>{counts[one]}</td></tr>" for one in State
    ]
    if unjudged:
        lines.append(f"<tr><th>not judged yet</th><td>{unjudged}</td></tr>")
    lines.append(f"</table><h2>Open outages: {len(open_outages)}</h2>")
    if open_outages:
        lines.append("<table><tr><th>outage</th><th>severity</th><th>sites</th><th>devices</th></tr>")
        lines += [
            f"<tr><td>{escape(one.id)}</td><td>{one.severity.name.lower()}</td>"
            f"<td>{len(one.affected_sites)}</td><td>{len(one.affected_devices)}</td></tr>"
            for one in sorted(open_outages, key=lambda one: (-one.severity, one.started))[:OUTAGES_LISTED]
        ]
        lines.append("</table>")
        if len(open_outages) > OUTAGES_LISTED:
            lines.append(f"<p>and {len(open_outages) - OUTAGES_LISTED} more</p>")
    lines.append("<h2>Where the rest is</h2><table>")
    lines += [
        f'<tr><td><a href="{escape(path)}">{escape(path)}</a></td><td>{escape(text)}</td></tr>'
        for path, text in endpoints
    ]
    lines.append("</table></body></html>\n")
    return "\n".join(lines)
