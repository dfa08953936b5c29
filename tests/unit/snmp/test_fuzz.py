"""A short run of the fuzzer in every test run, and every packet that once broke a decoder."""

import random

import pytest

from tests.fuzz.snmp_decoders import CORPUS, complaint, mutated, seeds, twin

SHORT_RUN = 5_000


def test_a_few_thousand_mutated_packets():
    dice = random.Random()  # noqa: S311 mutations, not secrets
    whole, compiled = seeds(), twin()
    for number in range(SHORT_RUN):
        packet, asked = whole[number % len(whole)]
        packet = mutated(packet, dice)
        assert complaint(packet, asked, compiled) is None, packet.hex()


@pytest.mark.parametrize("finding", sorted(CORPUS.glob("*.hex")), ids=lambda path: path.stem)
def test_what_once_broke_a_decoder_does_so_no_more(finding: object):
    text = CORPUS.joinpath(str(finding)).read_text()
    packet = bytes.fromhex(text.splitlines()[-1])
    for _, asked in seeds():
        assert complaint(packet, asked, twin()) is None
