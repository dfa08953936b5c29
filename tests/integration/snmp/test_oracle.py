"""snmp_exporter as oracle: it and the SNMP source ask the same agents, and every series that both give is the same.

The differences that remain are listed in docs/snmp-exporter-differences.md and appear below as what `theirs` undoes.
"""

import asyncio
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from collector.metrics import CATALOG, IDENTITY
from collector.model import ProfileName
from collector.outcome import Answer
from collector.sources.snmp import SnmpSource
from tests.binaries import require
from tests.integration.prometheus import free_port
from tests.integration.snmp_polls import ask, poll_of, shipped_profiles
from tests.integration.snmpd import snmpd
from tests.walks.golden import recordings
from tests.walks.recorded import agent, read

pytestmark = pytest.mark.integration

MODULE = Path(__file__).parent / "oracle_if_mib.yml"
EXACT = 2**53  # snmp_exporter wraps a counter where a float stops being exact
ABOUT_ITSELF = ("snmp_scrape_", "go_", "process_")

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(scope="module")
def exporter() -> Iterator[str]:
    """The address of a running snmp_exporter."""
    with running_exporter() as url:
        yield url


@contextmanager
def running_exporter() -> Iterator[str]:
    url = f"127.0.0.1:{free_port()}"
    command = [require("prometheus-snmp-exporter"), f"--config.file={MODULE}", f"--web.listen-address={url}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert any("address=" in line for line in process.stderr), "it ended before it listened"
            yield f"http://{url}"
        finally:
            process.terminate()
            process.communicate()


def theirs(exporter: str, port: int) -> tuple[Series, dict[str, str]]:
    """Series and types that snmp_exporter gives, without empty labels."""
    with urllib.request.urlopen(  # noqa: S310 http to loopback
        f"{exporter}/snmp?module=if_mib&target=127.0.0.1:{port}", timeout=15
    ) as response:
        text = response.read().decode()
    series: Series = {}
    types: dict[str, str] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if not sample.name.startswith(ABOUT_ITSELF):
                name = sample.name.removesuffix("_total")  # which the parser adds to counters
                labels = frozenset((label, value) for label, value in sample.labels.items() if value)
                series[name, labels] = sample.value
                types[name] = family.type
    return series, types


def ours(port: int, profile: str) -> tuple[Series, int]:
    """IETF series of a full poll without our identity labels and empty ones, and how many were read in all."""

    async def run() -> Answer:
        async with SnmpSource(clock=time.monotonic) as source:
            outcome = await ask(source, poll_of(port, shipped_profiles()[ProfileName(profile)], timeout=5.0))
        assert isinstance(outcome, Answer), outcome
        return outcome

    series: Series = {}
    for sample in asyncio.run(run()).samples():
        if sample.family.ietf:
            labels = {name: value for name, value in sample.labels.items() if value and name not in IDENTITY}
            series[sample.family.name, frozenset(labels.items())] = float(sample.value % EXACT)
    return series, len(series)


@pytest.mark.parametrize("recording", recordings(), ids=lambda path: path.stem)
def test_a_recorded_device_gives_the_same_series(exporter: str, recording: Path):
    with agent(read(recording)) as port:
        expected, types = theirs(exporter, port)
        found, _ = ours(port, "if-mib-full")
    assert found == expected
    for name, kind in types.items():
        assert CATALOG[name].kind.value == kind


def test_a_real_snmpd_gives_the_same_series_while_its_counters_move(exporter: str, tmp_path: Path):
    with snmpd(tmp_path) as running:
        before, _ = theirs(exporter, running.port)
        found, count = ours(running.port, "if-mib-full")
        after, types = theirs(exporter, running.port)
    assert count > 20
    assert found.keys() == before.keys() == after.keys()
    for key, value in found.items():
        assert before[key] <= value <= after[key] or types[key[0]] != "counter"
