"""Queries are written from families: what a family does not have cannot be asked."""

import pytest
import yaml

from collector.metrics import CATALOG
from collector.metrics.state import SITE_STATE
from dashboards import queries
from tests import promql
from tests.house.tree import ROOT


def test_select_writes_matchers():
    assert queries.select(SITE_STATE) == "citynoc_site_state"
    assert queries.select(SITE_STATE, site="00115", district="~$district") == (
        'citynoc_site_state{site="00115",district=~"$district"}'
    )
    assert queries.select(SITE_STATE, district="!004") == 'citynoc_site_state{district!="004"}'


def test_select_refuses_a_label_that_the_family_does_not_have():
    with pytest.raises(ValueError, match="citynoc_site_state has no label commune"):
        queries.select(SITE_STATE, commune="00115")


def test_rate_is_for_counters_and_follows_the_panels_step():
    assert queries.rate(CATALOG["ifHCInOctets"], device="core-1") == (
        'rate(ifHCInOctets{device="core-1"}[$__rate_interval])'
    )
    with pytest.raises(ValueError, match="no counter"):
        queries.rate(SITE_STATE)


def test_recorded_series_are_those_of_the_rules():
    groups = yaml.safe_load((ROOT / "config" / "rules" / "dashboards.yml").read_text())["groups"]
    recorded = {rule["record"] for group in groups for rule in group["rules"]}
    assert {family.name for family in queries.RECORDED} == recorded


def test_foreign_series_are_those_that_the_parser_of_queries_knows():
    for family in queries.FOREIGN:
        assert set(family.labels) <= set(promql.labels_of(family.name) or ())
