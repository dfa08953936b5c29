from pathlib import Path

from collector.metrics import CATALOG
from exporters.catalogue import document

PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"


def test_the_page_is_what_the_catalogue_says():
    assert PAGE.read_text() == document(), "run: python -m exporters.catalogue > docs/metrics.md"


def test_every_metric_is_on_the_page_once():
    rows = [line.split("`")[1] for line in document().splitlines() if line.startswith("| `")]
    assert sorted(rows) == sorted(CATALOG)


def test_every_metric_says_what_it_means_in_whole_sentences():
    for family in CATALOG.values():
        assert family.ietf or family.help.endswith("."), family.name
