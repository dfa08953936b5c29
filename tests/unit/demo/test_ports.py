import socket
from pathlib import Path

from citynoc.demo.ports import HOST, UNASKED, USUAL, free, usual


def test_free_ports_are_all_different():
    ports = free()
    assert len(set(ports.tcp.values())) == len(USUAL)
    assert ports.snmp > 0


def test_a_port_in_use_is_replaced_and_told():
    with socket.create_server((HOST, 0)) as taken, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        ports = usual(udp.getsockname()[1])
        assert ports.snmp != udp.getsockname()[1]
        assert any(text.startswith("UDP port") for text in ports.taken)
        assert taken.getsockname()[1] not in ports.tcp.values()


def test_no_connection_that_somebody_opens_meanwhile_can_take_a_port():
    ports = free()
    assert {*ports.tcp.values(), ports.snmp, ports.traps} <= set(UNASKED)
    with Path("/proc/sys/net/ipv4/ip_local_port_range").open() as limits:
        assert UNASKED.stop <= int(limits.read().split()[0])
