"""Proposals as YAML to paste under a site's `devices:`, and as JSON. Pure.

What devices said of themselves stands in comments only, as one printable line.
"""

import json
from collections.abc import Sequence
from typing import Any

from citynoc.discovery.found import Found
from citynoc.discovery.proposals import Known, Proposal
from citynoc.importer.pages import scalar
from collector.model import CredentialName


def page(proposals: Sequence[Proposal], usual: tuple[int, CredentialName | None]) -> str:
    """A `devices:` mapping; `usual` are port and credential that the city's defaults give anyway."""
    if not proposals:
        return ""
    lines = [
        "# Proposed, not added: paste what is right under a site of districts/*.yml or core.yml.",
        "devices:",
    ]
    for proposal in proposals:
        lines += _comments(proposal)
        lines.append(f"  {proposal.name}: {{{', '.join(_settings(proposal, usual))}}}")
    return "\n".join(lines) + "\n"


def _comments(proposal: Proposal) -> list[str]:
    found = proposal.found
    said = [found.descr or "no sysDescr"]
    if found.name and found.name != proposal.name:
        said.append(f"sysName {found.name}")
    if found.location:
        said.append(f"at {found.location}")
    remarks = list(proposal.why)
    if proposal.aliases:
        remarks.append(f"answers at {', '.join(proposal.aliases)}, too")
    return [f"  # {'; '.join(said)}", *(f"  # ! {remark}" for remark in remarks)]


def _settings(proposal: Proposal, usual: tuple[int, CredentialName | None]) -> list[str]:
    found = proposal.found
    settings = [
        f"address: {found.address}" if found.address.version == 4 else f'address: "{found.address}"',  # noqa: PLR2004
        f"role: {proposal.role}",
        f"profile: {proposal.profile}",
    ]
    port, credential = usual
    snmp = []
    if found.port != port:
        snmp.append(f"port: {found.port}")
    if found.credential != credential:
        snmp.append(f"credential: {found.credential}")
    if snmp:
        settings.append(f"snmp: {{{', '.join(snmp)}}}")
    if proposal.uplinks:
        parents = [
            f"{uplink.parent}: "
            + (f"{{interface: {_quoted(uplink.interface)}}}" if uplink.interface else "{}")
            for uplink in proposal.uplinks
        ]
        settings.append(f"uplinks: {{{', '.join(parents)}}}")
    return settings


def _quoted(text: str) -> str:
    """A value inside braces: quoted wherever YAML could read something else."""
    plain = scalar(text)
    if plain == text and any(mark in text for mark in ",[]{}:"):
        return json.dumps(text, ensure_ascii=False)
    return plain


def as_json(proposals: Sequence[Proposal], known: Sequence[Known]) -> dict[str, Any]:
    """Everything for programs."""
    return {
        "proposed": [
            {
                "name": one.name,
                "role": one.role.value,
                "profile": one.profile,
                "uplinks": {uplink.parent: uplink.interface or None for uplink in one.uplinks},
                "remarks": list(one.why),
                "also_at": list(one.aliases),
                **_said(one.found),
            }
            for one in proposals
        ],
        "known": [
            {"name": one.device.name, "remark": one.remark or None, **_said(one.found)} for one in known
        ],
    }


def _said(found: Found) -> dict[str, Any]:
    return {
        "address": str(found.address),
        "port": found.port,
        "credential": found.credential,
        "sys_object_id": found.object_id,
        "sys_name": found.name,
        "sys_descr": found.descr,
        "sys_location": found.location,
        "neighbours": [
            {"port": each.port, "name": each.name, "remote_port": each.remote_port}
            for each in found.neighbours
        ],
    }
