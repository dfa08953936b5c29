"""The files that are the same for every city, with the places where a city's own words go."""

CITY = """\
# The whole city: where citynoc listens and stands, and what holds for every device unless somebody nearer says
# otherwise. Nearer is: a district's file, then a site, then the device's own entry.
# After a change: `citynoc check` says every mistake at once, `citynoc plan` shows what would be asked.
city: {city}
timezone: Asia/Ho_Chi_Minh # meetings, on-call hours and reports are in this time

listen: 127.0.0.1:9579 # metrics, service discovery, API and the live page
public_url: http://127.0.0.1:9579 # what links in pages and dashboards begin with
source_address: 127.0.0.1 # SNMP questions are sent from here

# Devices send their traps and informs here: hints to ask at once, never a verdict. A device uses the credential that
# it is polled with; `credentials: [NAME, …]` allows further ones. Real devices send to port 162.
traps:
  listen: 127.0.0.1:1162

# Endpoints publish to this broker; config without one just polls.
broker:
  address: 127.0.0.1:1883

# Whoever takes an outage silences it there; citynoc reads the silences. Without it nobody counts as having taken it.
alertmanager: http://127.0.0.1:9093

# Where citynoc runs. If every first hop is silent, it is citynoc that is cut off, and it says so once.
vantage:
  site: dc-1
  first_hop: [sw-dc1]

# A missed answer is asked again this often before a device is called down: at 5 % loss each way seven re-asks
# give about one false verdict in a thousand runs of ten minutes, three would give a dozen a run.
verdict:
  reasks: 7
  reask_interval: 400ms

# Whose cables there are. Each cable names one of these.
carriers: [carrier-a, carrier-b, carrier-c]

# What a device's name says: rt-00115 is a router. A device's own `role:` beats it.
name_roles:
  rt: router
  vc: endpoint
  ag: aggregation
  core: core
  sw: switch
  gov: gateway
  mcu: bridge
  ups: ups

defaults:
  any:
    snmp:
      port: 1161 # the simulator's; real devices answer on 161
      credential: snmp-community
      liveness: 5s # one question: are you there?
      poll: 30s # everything the profile asks
      timeout: 1s
  router:
    profile: mikrotik-routeros
    uplinks: ["ag-{{district}}-1", "ag-{{district}}-2"] # a commune's own entry adds its cables
    needs: any # either way is enough
  aggregation:
    profile: cisco-ios
    uplinks: [core-1, core-2]
    needs: any
  core:
    profile: cisco-ios
  switch:
    profile: h3c-comware
  endpoint:
    profile: poly-endpoint
    uplinks: ["rt-{{site}}"]
    watch: meetings # switched off at night: only around its site's meetings is silence an outage
    mqtt: {{profile: native, heartbeat: 10s}}
  bridge:
    profile: poly-dma
  ups:
    profile: apc-ups
  gateway:
    profile: juniper-junos
    uplinks: [core-1, core-2]
    needs: any
"""

CORE = """\
# The core: two data centres, the gateways to the Government's network, the bridges of the conference system,
# and the city's information systems that are probed.
district: core
name: Mạng lõi

cables:
  dc-1-inside: carrier-a
  dc-1-dc-2-north: carrier-a
  dc-1-dc-2-south: carrier-b
{ring}
sites:
  dc-1:
    name: Trung tâm dữ liệu 1
    kind: data-centre
    location: [21.02900, 105.78300]
    devices:
      sw-dc1: {{address: 127.10.0.1}} # the first hop: it hangs on nothing
      core-1:
        address: 127.10.0.11
        uplinks: {{sw-dc1: dc-1-inside}}
        uplink_interfaces: [Te0/0/0]
      gov-1: {{address: 127.10.0.21}}
      mcu-1: {{address: 127.10.0.31, uplinks: [sw-dc1]}}
      ups-dc1: {{address: 127.10.0.41, uplinks: [sw-dc1]}}

  dc-2:
    name: Trung tâm dữ liệu 2
    kind: data-centre
    location: [20.97100, 105.77900]
    devices:
      sw-dc2:
        address: 127.10.0.2
        uplinks: {{core-1: dc-1-dc-2-south, core-2: {{}}}} # core-2 stands in the same room
        needs: any
      core-2:
        address: 127.10.0.12
        profile: huawei-vrp
        uplinks: {{sw-dc1: dc-1-dc-2-north}}
        uplink_interfaces: [XGigabitEthernet0/0/1]
      gov-2: {{address: 127.10.0.22}}
      mcu-2: {{address: 127.10.0.32, uplinks: [sw-dc2]}}
      ups-dc2: {{address: 127.10.0.42, uplinks: [sw-dc2]}}

# Core information systems. blackbox_exporter fetches each `url` with its module (http_2xx unless `module:` says
# another); it finds them through /sd/blackbox.
services:
{services}"""

CREDENTIALS = """\
# How to be allowed to ask: names that devices and the broker refer to. No secret stands here or in any other
# file of this directory: `env:NAME` is an environment variable, `file:PATH` the first line of a file that only
# citynoc may read, `credential:NAME` what systemd hands to the service (docs/how-to/secrets.md). SNMP v3:
#   campus-v3: {version: 3, user: citynoc, auth: sha256, auth_key: env:AUTH_KEY, priv: aes128, priv_key: env:PRIV_KEY}
#   auth: md5, sha, sha224, sha256, sha384 or sha512; priv: des, aes128, aes192, aes256 (keys are passphrases of at
#   least 8 characters). aes192c and aes256c are Cisco's way of making the longer keys. Without priv, or without
#   both, the user has a lower level; `context: NAME` where an agent has several collections of objects.
# A login of the broker:
#   broker: {username: citynoc, password: file:/etc/citynoc/broker.password}
credentials:
  snmp-community: {version: 2c, community: env:CITYNOC_SNMP_COMMUNITY}
"""

ON_CALL = """\
# Who is told what, when, how and in which language: roles, never people. `citynoc alertmanager --output DIR` writes
# Alertmanager's files from it; how each part works stands in docs/how-to/on-call.md. Secrets are references here too.
language: vi # of messages, unless a receiver has its own: vi or en
# timezone: Asia/Ho_Chi_Minh # of the hours below, if not city.yml's

# What links in messages begin with; the live page's is `public_url` in city.yml.
links:
  grafana: http://127.0.0.1:3000
  # runbooks: https://wiki.city.example/citynoc # in front of docs/runbooks/NAME.md; else links lead to citynoc's own /runbook/NAME

# smtp: {{server: mail.city.example:587, from: noc@city.example, username: noc, password: env:SMTP_PASSWORD}}

# A role and every way to reach it: webhook, email, telegram, slack, discord, webex, pagerduty, opsgenie, pushover.
#   email: {{to: noc@city.example}}
#   telegram: {{chat: -1001234567890, token: env:TELEGRAM_TOKEN}}
#   slack: {{url: file:/etc/citynoc/secrets/slack-url}}
receivers:
  night-shift:
    webhook: {{url: http://127.0.0.1:9580/on-call, token: none}} # loopback: nobody else can reach it
  district-east:
    webhook: {{url: http://127.0.0.1:9580/district-east, token: none}}
  duty-manager:
    language: en
    webhook: {{url: http://127.0.0.1:9580/duty-manager, token: none}}
  day-desk:
    webhook: {{url: http://127.0.0.1:9580/operations, token: none}}
  digital-office:
    webhook: {{url: http://127.0.0.1:9580/digital-office, token: none}}

# Hours of the week, in local time. Past midnight belongs to the day on which it began; `always` needs no entry.
hours:
  working: [mon-fri 07:30-17:30]
  night: 22:00-06:00

# Who is paged: the first entry that has the outage's district and is on duty.
shifts:
  - {{to: district-east, hours: working, districts: [{district}]}} # {name}
  - {{to: night-shift}}

# How many sites an outage must cut off before it pages; the first entry whose hours it is counts, and without any it
# is one. What waits is a warning until it grows, a meeting is at risk, or these hours are over.
# To sleep through what cuts off fewer than five sites: - {{hours: night, sites: 5}}
wake:
  - {{hours: always, sites: 1}}

# Who is told what is broken and cuts nobody off.
warnings: {{to: day-desk, hours: working}}

# Who is told, once a week, that a promise is behind: by its owner in targets.yml. Others' promises: the desk of warnings.
owners:
  digital-office: digital-office

# A page that nobody has silenced: who hears of it next, counted from the page.
escalation:
  - {{after: 15m, to: duty-manager}}

# An address outside this building that raises the alarm when it hears nothing.
heartbeat: {{url: http://127.0.0.1:9580/heartbeat, token: none, every: 1m}}
"""

QUALITY = """\
# When picture and sound of a call are good, fair or poor: each direction for itself, by loss, jitter and latency, of
# which the worst decides. `citynoc_conference_quality` tells it; without this file nothing is graded. It is no MOS: the
# E-model (ITU-T G.107) speaks of telephone speech and says nothing of a picture.
limits:
  loss: # share of packets
    good: {at_most: 1%, source: "ITU-T G.1010 (11/2001), table I.1: videophone"}
    fair: {at_most: 3%, source: "ITU-T G.1010 (11/2001), table I.1: conversational voice; words are still understood"}
  jitter: # variation of delay
    good: {at_most: 30ms, source: "Cisco Enterprise QoS SRND 3.3: interactive video"}
    fair: {at_most: 50ms, source: "ITU-T Y.1541 (12/2011), table 1: IPDV of classes 0 and 1"}
  latency: # one way
    good: {at_most: 150ms, source: "ITU-T G.114 (05/2003): most applications are unaffected"}
    fair: {at_most: 400ms, source: "ITU-T G.114 (05/2003): not to be exceeded in network planning"}

# A grade falls at once. It rises when every reading has stayed below this part of the better grade's bounds for so long.
better: {below: 80%, after: 30s}

# From when on a reading speaks against a participant of a meeting: a note is told and leaves GO, a stop makes NO-GO. What
# is not known accuses nobody. Without this part the same holds.
readiness:
  loss: # share of packets: on the uplink, in one direction, and in a call that is not graded
    note: {at_least: 1%, source: "ITU-T G.1010 (11/2001), table I.1: videophone"}
    stop: {at_least: 3%, source: "ITU-T G.1010 (11/2001), table I.1: conversational voice; words are still understood"}
  clock: # ahead or behind
    stop: {at_least: 60s, source: "own choice: tokens (ITU-T H.235.1) and certificates carry times; a minute off, nobody sets it"}
  temperature: # degrees Celsius inside
    note: {at_least: 65, source: "own choice: a fan or a vent is blocked; the maker's data sheet knows better"}
    stop: {at_least: 75, source: "own choice: codecs switch themselves off somewhat above; the maker's data sheet knows better"}
  certificate: # time left; one that ends before the meeting does is always a stop
    note: {at_most: 14d, source: "own choice: two weeks to have it renewed"}
"""

SERVICES = (
    ("documents", "Quản lý văn bản và điều hành", "documents", "dc-1"),
    ("reporting", "Hệ thống báo cáo", "reporting", "dc-1"),
    ("one-stop", "Một cửa điện tử", "one-stop", "dc-1"),
    ("mail", "Thư điện tử công vụ", "mail", "dc-1"),
    ("portal", "Cổng thông tin điện tử", "portal", "dc-2"),
    ("conference-booking", "Đặt lịch họp trực tuyến", "booking", "dc-2"),
    ("petitions", "Tiếp nhận phản ánh, kiến nghị", "petitions", "dc-2"),
    ("identity", "Đăng nhập một lần", "identity", "dc-2"),
)
"""Name, title, path and site of each information system."""
