from pathlib import Path

from citynoc.demo.ports import USUAL
from citynoc.demo.servers import swap

DEPLOY = Path(__file__).parents[3] / "deploy"


def test_addresses_are_swapped_in_one_pass():
    # 9090 becomes 9093's usual port: what was put in must not be swapped again
    text = "a 127.0.0.1:9090 b 127.0.0.1:9093 c 127.0.0.1:90901"
    swapped = swap(text, {"127.0.0.1:9090": "127.0.0.1:9093", "127.0.0.1:9093": "127.0.0.1:7"})
    assert swapped == "a 127.0.0.1:9093 b 127.0.0.1:7 c 127.0.0.1:90901"


def test_the_shipped_files_use_the_usual_addresses_so_that_all_of_them_are_swapped():
    shipped = (DEPLOY / "prometheus/prometheus.yml").read_text()
    for name in ("citynoc", "prometheus", "alertmanager", "blackbox"):
        assert f"127.0.0.1:{USUAL[name]}" in shipped, name
    assert f"127.0.0.1:{USUAL['webhook']}/" in (DEPLOY / "alertmanager/alertmanager.yml").read_text()
