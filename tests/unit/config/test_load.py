import os
import shutil
from pathlib import Path

import pytest

from collector.config import ConfigurationError, draw_all, load
from collector.config.explain import UnknownDeviceError, explain
from collector.model import CredentialName, Device, DeviceName, ProfileName, Role, SiteCode, SiteKind, Watch
from tests.config.workshop import DISTRICT, SECRETS, edit, small_city


def device(config: Path, name: str) -> Device:
    return load(config, SECRETS).inventory.devices[DeviceName(name)]


def messages(config: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(config, SECRETS)
    return [problem.message for problem in caught.value.problems]


def test_codes_keep_their_zeros(tmp_path: Path):
    inventory = load(small_city(tmp_path), SECRETS).inventory
    site = inventory.sites[SiteCode("00115")]
    assert (site.code, site.district, site.kind) == ("00115", "004", SiteKind.COMMUNE)
    assert dict(site.units) == {"579": "00115", "526": "00115", "126": "00127"}
    assert (site.latitude, site.longitude) == (21.06404, 105.88298)


def test_a_commune_is_one_short_entry(tmp_path: Path):
    config = small_city(tmp_path)
    entry = """
  00121:
    name: Phường Giang Biên
    devices:
      rt-00121: {address: 127.14.1.3}
      vc-00121: {address: 127.14.2.3}
"""
    with (config / DISTRICT).open("a") as file:
        file.write(entry)
    inventory = load(config, SECRETS).inventory
    router, endpoint = (inventory.devices[DeviceName(name)] for name in ("rt-00121", "vc-00121"))
    assert router.role is Role.ROUTER
    assert [link.name for link in router.uplinks] == ["rt-00121--ag-004-1", "rt-00121--ag-004-2"]
    assert router.needs == 1
    assert router.snmp is not None
    assert (router.snmp.port, router.snmp.profile) == (1161, "if-mib")
    assert endpoint.watch is Watch.MEETINGS
    assert endpoint.mqtt is not None
    assert endpoint.mqtt.heartbeat == 10.0
    assert [link.parent for link in endpoint.uplinks] == ["rt-00121"]


def test_the_nearer_word_counts(tmp_path: Path):
    config = small_city(tmp_path)
    assert device(config, "rt-00118").snmp.poll_interval == 30.0  # type: ignore[union-attr]
    edit(
        config,
        DISTRICT,
        "name: Quận Long Biên\n",
        "name: Quận Long Biên\ndefaults: {any: {snmp: {poll: 40s}}}\n",
    )
    assert device(config, "rt-00118").snmp.poll_interval == 40.0  # type: ignore[union-attr]
    edit(
        config,
        DISTRICT,
        "{any: {snmp: {poll: 40s}}}",
        "{any: {snmp: {poll: 40s}}, router: {snmp: {poll: 50s}}}",
    )
    assert device(config, "rt-00118").snmp.poll_interval == 50.0  # type: ignore[union-attr]
    assert device(config, "vc-00118").snmp.poll_interval == 40.0  # type: ignore[union-attr]
    edit(
        config,
        DISTRICT,
        "    tags: [pilot]\n",
        "    tags: [pilot]\n    defaults: {any: {snmp: {poll: 60s}}}\n",
    )
    assert device(config, "rt-00118").snmp.poll_interval == 60.0  # type: ignore[union-attr]
    edit(config, DISTRICT, "rt-00118: {address", "rt-00118: {snmp: {poll: 70s}, address")
    found = device(config, "rt-00118").snmp
    assert found is not None
    assert (found.poll_interval, found.liveness_interval, found.port) == (70.0, 5.0, 1161)
    levels = {line.setting: line.level for line in explain(config, "rt-00118")}
    assert levels["snmp.poll"] == "device"
    assert levels["snmp.port"] == "city"
    assert levels["needs"] == "built in"
    assert levels["uplink 1"] == "city"
    assert levels["role"] == "city"


def test_a_protocol_can_be_switched_off_for_one_device(tmp_path: Path):
    config = small_city(tmp_path)
    edit(config, DISTRICT, "vc-00118: {address", "vc-00118: {mqtt: off, address")
    edit(config, DISTRICT, "vc-00115: {address", "vc-00115: {snmp: off, address")
    assert device(config, "vc-00118").mqtt is None
    assert device(config, "vc-00118").snmp is not None
    assert device(config, "vc-00115").snmp is None


def test_a_cable_knows_its_carrier_and_a_link_its_interface(tmp_path: Path):
    config = small_city(tmp_path)
    edit(config, DISTRICT, "rt-00118: {address", "rt-00118: {uplink_interfaces: [ether1, ether2], address")
    first, second = device(config, "rt-00115").uplinks
    assert (first.cable, first.carrier, second.carrier) == ("long-bien-a1", "carrier-a", "carrier-b")
    assert [link.interface for link in device(config, "rt-00118").uplinks] == ["ether1", "ether2"]


@pytest.mark.parametrize(("written", "needs"), [("any", 1), ("all", 2), ("{at_least: 2}", 2)])
def test_needs(written: str, needs: int, tmp_path: Path):
    config = small_city(tmp_path)
    edit(config, DISTRICT, "rt-00118: {address", f"rt-00118: {{needs: {written}, address")
    assert device(config, "rt-00118").needs == needs


def test_moving_an_entry_changes_nothing(tmp_path: Path):
    config = small_city(tmp_path)
    before = load(config, SECRETS).inventory
    text = (config / DISTRICT).read_text()
    (config / DISTRICT).write_text("# one more line\n" + text)
    assert load(config, SECRETS).inventory == before


def test_problems_of_all_files_come_together_and_in_order(tmp_path: Path):
    config = small_city(tmp_path)
    edit(config, "city.yml", "timezone: Asia/Ho_Chi_Minh", "timezone: Asia/Hanoi")
    edit(config, "core.yml", "kind: data-centre", "kind: data-center")
    edit(config, "credentials.yml", "env:COMMUNITY", "public")
    edit(config, DISTRICT, "    tags: [pilot]", "    tags: pilot")
    with pytest.raises(ConfigurationError) as caught:
        load(config, SECRETS)
    files = [problem.place.file.removeprefix(f"{config}/") for problem in caught.value.problems]
    assert files == ["city.yml", "core.yml", "credentials.yml", DISTRICT]


def test_a_file_that_cannot_be_read_does_not_make_its_neighbours_wrong(tmp_path: Path):
    config = small_city(tmp_path)
    (config / "core.yml").write_text("district: [\n")
    assert len(messages(config)) == 1
    config = small_city(tmp_path / "second")
    (config / "city.yml").write_text("city: [\n")
    assert len(messages(config)) == 1
    config = small_city(tmp_path / "third")
    (config / "credentials.yml").unlink()
    assert messages(config) == ["cannot read the file: No such file or directory"]


def test_an_entry_with_a_mistake_is_still_known_to_others(tmp_path: Path):
    config = small_city(tmp_path)
    edit(config, DISTRICT, "rt-00118: {address: 127.14.1.2}", "rt-00118: {address: nowhere}")
    assert messages(config) == ["'address' in device 'rt-00118': 'nowhere' is not an IP address"]


def test_an_unknown_file_is_a_warning(tmp_path: Path):
    config = small_city(tmp_path)
    (config / "citty.yml").write_text("")
    (config / "districts" / "005-cau-giay.yaml").write_text("")
    (config / "meetings.yml").write_text("meetings: {}\n")
    (config / "districts" / "004-long-bien.yml~").write_text("")
    found = {
        problem.place.file.rpartition("/")[2]: problem.hint for problem in load(config, SECRETS).warnings
    }
    assert found == {
        "citty.yml": "did you mean city.yml?",
        "005-cau-giay.yaml": "a district's file ends in .yml",
    }


def test_files_of_other_servers_lie_beside_and_what_the_web_needs_is_missed(tmp_path: Path):
    config = small_city(tmp_path)
    for name in ("prometheus.yml", "alertmanager.yml", "blackbox.yml"):
        (config / name).write_text("")
    (config / "key.pem").write_text("")
    city = config / "city.yml"
    web = "web: {tls_certificate: cert.pem, tls_key: key.pem, users: /nowhere/users.yml}\n"
    city.write_text(city.read_text() + web)
    assert [problem.message for problem in load(config, SECRETS).warnings] == [
        "there is no file cert.pem, and without it citynoc will not start",
        "there is no file /nowhere/users.yml, and without it citynoc will not start",
    ]


def test_odd_and_legal_things_are_said(tmp_path: Path):
    config = small_city(tmp_path)
    edit(config, DISTRICT, "rt-00118: {address", "rt-00118: {uplinks: [ag-004-1], address")
    edit(config, DISTRICT, "  long-bien-b1: carrier-b\n", "  long-bien-b1: carrier-b\n  spare: carrier-b\n")
    edit(config, DISTRICT, "sites:\n", "sites:\n  d-005: {name: Nút mạng, kind: district}\n")
    edit(
        config,
        "core.yml",
        "services:\n",
        "      core-9: {address: 127.10.0.19, uplinks: [sw-dc1]}\nservices:\n",
    )
    edit(config, "city.yml", "liveness: 5s", "liveness: 2s")
    edit(config, "city.yml", "poll: 30s", "poll: 2500ms")
    found = [problem.message for problem in load(config, {"COMMUNITY": "Public"}).warnings]
    assert found == [
        "'liveness' 2s is shorter than the 3.8s that a verdict on a missed answer takes",
        "'poll' 2.5s is shorter than the 3s that one question that is answered at the last try takes",
        "nothing depends on core 'core-9': no uplink leads to it",
        "the community of 'snmp-community' is one that devices leave the factory with",
        "no uplink runs in cable 'spare'",
        "site 'd-005' has no device",
        "one uplink only, so one cut is an outage: rt-00118",
    ]


def test_there_is_no_directory(tmp_path: Path):
    assert messages(tmp_path / "nowhere") == ["there is no such directory"]
    assert messages(tmp_path)


def test_an_empty_district_directory_is_no_mistake(tmp_path: Path):
    config = small_city(tmp_path)
    shutil.rmtree(config / "districts")
    assert len(load(config, SECRETS).inventory.devices) == 2


def test_a_login_for_the_broker(tmp_path: Path):
    config = small_city(tmp_path)
    edit(
        config,
        "city.yml",
        "  address: 127.0.0.1:1883\n",
        "  address: '[::1]:8883'\n  credential: broker\n  tls: true\n",
    )
    with (config / "credentials.yml").open("a") as file:
        file.write("  broker: {username: noc, password: env:COMMUNITY}\n")
    configuration = load(config, SECRETS)
    broker = configuration.inventory.city.broker
    assert broker is not None
    assert (broker.host, broker.port, broker.tls, broker.credential) == ("::1", 8883, True, "broker")
    login = configuration.inventory.credentials[CredentialName("broker")]
    assert login.password is not None
    assert login.password.reveal() == SECRETS["COMMUNITY"]


def test_snmp_v3(tmp_path: Path):
    config = small_city(tmp_path)
    edit(
        config,
        "credentials.yml",
        "{version: 2c, community: env:COMMUNITY}",
        "{version: 3, user: noc, auth: SHA256, auth_key: env:COMMUNITY, priv: aes128, priv_key: env:COMMUNITY}",
    )
    credential = load(config, SECRETS).inventory.credentials[CredentialName("snmp-community")]
    assert credential.v3 is not None
    assert (credential.v3.user, credential.v3.auth_protocol, credential.v3.priv_protocol) == (
        "noc",
        "sha256",
        "aes128",
    )


def test_explaining_a_device_works_while_others_are_wrong(tmp_path: Path):
    config = small_city(tmp_path)
    edit(config, DISTRICT, "rt-00118: {address: 127.14.1.2}", "rt-00118: {address: nowhere}")
    lines = {line.setting: line for line in explain(config, "rt-00115")}
    assert lines["uplink 1"].value == "ag-004-1 (carrier-a's cable long-bien-a1)"
    assert lines["address"].value == "127.14.1.1"
    with pytest.raises(UnknownDeviceError) as caught:
        explain(config, "rt-0115")
    assert caught.value.hint == "did you mean 'rt-00115'?"


def test_profiles_and_telemetry_are_part_of_it(tmp_path: Path):
    configuration = load(small_city(tmp_path), SECRETS)
    assert ProfileName("if-mib") in configuration.profiles
    assert ProfileName("native") in configuration.telemetry


def test_a_file_name_that_is_no_text_can_be_printed(tmp_path: Path):
    config = small_city(tmp_path)
    raw = os.fsencode(config / "districts") + b"/009-\xff\x1b.yml"
    with open(raw, "wb") as file:  # noqa: PTH123  # a name in bytes
        file.write(b"district: [1\n")
    with pytest.raises(ConfigurationError) as caught:
        load(config, SECRETS)
    text = draw_all(caught.value.problems)
    text.encode()
    assert "009-\ufffd?.yml:1:11: the '[' that opens here" in text


def test_districts_that_is_no_directory_is_a_problem(tmp_path: Path):
    config = small_city(tmp_path)
    shutil.rmtree(config / "districts")
    (config / "districts").write_text("")
    assert messages(config) == ["cannot read the directory: Not a directory"]
