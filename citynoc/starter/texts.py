"""The files of a first configuration, with the places where a city's own words go."""

CITY = """\
# The whole city: where citynoc listens and stands, and what holds for every device unless somebody nearer says
# otherwise. Nearer is: a district's file, then a site, then the device's own entry.
# After a change: `citynoc check` says every mistake at once, `citynoc plan` shows what would be asked.
city: {city}
timezone: {timezone} # meetings, on-call hours and reports are in this time

listen: 127.0.0.1:9579 # metrics, service discovery, API and the live page; for others than this machine add `web:`
public_url: http://127.0.0.1:9579 # what links in pages and dashboards begin with

# What more there is: every key with an example stands in docs/reference/configuration.md.
# broker: {{address: 127.0.0.1:1883}} # MQTT, for endpoints that publish
# alertmanager: http://127.0.0.1:9093 # whoever takes an outage silences it there
# traps: {{listen: 127.0.0.1:1162}} # hints to ask at once

# Where citynoc runs. If every first hop is silent, it is citynoc that is cut off, and it says so once.
vantage:
  site: dc-1
  first_hop: [sw-dc1]

# Whose cables there are. Each cable names one of these.
carriers: [carrier-a, carrier-b]

# What a device's name says: rt-site-1 is a router. A device's own `role:` beats it.
name_roles: {{rt: router, vc: endpoint, core: core, sw: switch, ups: ups, mcu: bridge, gov: gateway, ag: aggregation}}

defaults:
  any:
    snmp:
      port: 1161 # the simulator's; real devices answer on 161: change it together with the addresses
      credential: snmp-community
      liveness: 5s # one question: are you there?
      poll: 30s # everything the profile asks
      timeout: 1s
  switch:
    profile: if-mib # `citynoc profiles list` says which there are, `citynoc profiles match` which one fits
  core:
    profile: if-mib
    uplinks: [sw-dc1]
  router:
    profile: if-mib
    uplinks: [core-1, core-2] # a site's own entry adds its cables
    needs: any # either way is enough
  endpoint:
    profile: poly-endpoint
    uplinks: ["rt-{{site}}"]
    watch: meetings # switched off at night: only around its site's meetings is silence an outage

# yaml-language-server: $schema=schema/city.json
"""

CORE = """\
# The core: where the city's lines meet. Every address lies on this machine, where `citynoc simulate` answers for it:
# write the real ones over them. `citynoc discover RANGE` proposes entries for what answers in your network.
district: core
name: {core}

sites:
  dc-1:
    name: {data_centre}
    kind: data-centre
    devices:
      sw-dc1: {{address: {net}.0.1}} # the first hop: it hangs on nothing
      core-1: {{address: {net}.0.11}}
      core-2: {{address: {net}.0.12}}

# yaml-language-server: $schema=schema/core.json
"""

DISTRICT = """\
# {name}: its cables and its sites. A new site is one more entry at the end.
# A commune has its five-digit code in the place of `site-1`, and needs no `kind`.
# `location: [LATITUDE, LONGITUDE]` under a site's name puts it on the live page's map.
# `citynoc check --show rt-site-1` prints what a device ends up with, and why.
district: "001"
name: {name_scalar}

# Cable and its carrier. Links in one cable fail together.
cables:
{cables}

sites:
{sites}

# yaml-language-server: $schema=../schema/district.json
"""

SITE = """\
  site-{number}:
    name: {name}
    kind: agency
    devices:
      rt-site-{number}: {{address: {net}.1.{number}, uplinks: {{core-1: north-{number}, core-2: south-{number}}}}}
      vc-site-{number}: {{address: {net}.2.{number}}}
"""

CREDENTIALS = """\
# How to be allowed to ask: names that devices refer to. No secret stands here or in any other file of this directory:
# `env:NAME` is an environment variable, `file:PATH` the first line of a file that others cannot read,
# `credential:NAME` what systemd hands to the service (docs/how-to/secrets.md). SNMP v3:
#   campus-v3: {{version: 3, user: citynoc, auth: sha256, auth_key: env:AUTH_KEY, priv: aes128, priv_key: env:PRIV_KEY}}
credentials:
  snmp-community: {{version: 2c, community: env:{variable}}}

# yaml-language-server: $schema=schema/credentials.json
"""

ON_CALL = """\
# Who is told what, when, how and in which language: roles, never people. `citynoc alertmanager --output DIR` writes
# Alertmanager's files from it; docs/how-to/on-call.md says how each part works.
language: {language} # of messages: vi or en

# A role and every way to reach it: webhook, email, telegram, slack, discord, webex, pagerduty, opsgenie, pushover.
receivers:
  on-duty:
    webhook: {{url: http://127.0.0.1:9580/on-call, token: none}} # loopback: nobody else can reach it

hours:
  working: [mon-fri 07:30-17:30]

# Who is paged: the first entry that has the outage's district and is on duty.
shifts:
  - {{to: on-duty}}

# Who is told what is broken and cuts nobody off.
warnings: {{to: on-duty, hours: working}}

# An address outside this building that raises the alarm when it hears nothing.
heartbeat: {{url: http://127.0.0.1:9580/heartbeat, token: none, every: 1m}}

# yaml-language-server: $schema=schema/oncall.json
"""

WORDS = {
    "en": {
        "core": "Core network",
        "data_centre": "Data centre",
        "district": "District 1",
        "site": "Site {number}",
    },
    "vi": {
        "core": "Mạng lõi",
        "data_centre": "Trung tâm dữ liệu",
        "district": "Quận 1",
        "site": "Điểm {number}",
    },
}
"""Names until somebody writes better ones, by language."""
