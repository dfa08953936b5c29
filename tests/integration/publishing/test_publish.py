"""`citynoc dashboards publish` against a server that keeps to Grafana's documented API."""

import io
import json
from pathlib import Path

import pytest
import yaml

from citynoc.publishing.boards import FOLDERS
from tests.house.tree import ROOT
from tests.integration.publishing.conftest import Publish, board, write
from tests.integration.publishing.fake_grafana import VIEWER, FakeGrafana, running

pytestmark = pytest.mark.integration

FIRST = [
    "folder citynoc-vi",
    "save citynoc-city-vi",
    "save citynoc-wan-vi",
    "folder citynoc-en",
    "save citynoc-city-en",
    "save citynoc-wan-en",
]


def test_first_everything_is_made_then_nothing_is_done(grafana: FakeGrafana, publish: Publish):
    said = publish()
    assert said.code == 0
    assert grafana.writes == FIRST
    assert grafana.folders["citynoc-vi"]["title"] == "Giám sát mạng thành phố"
    assert "folder citynoc-vi ('Giám sát mạng thành phố'): to be made" in said.out
    assert "made citynoc-city-en" in said.out
    again = publish()
    assert (again.code, again.err) == (0, "")
    assert "nothing to do" in again.out
    assert grafana.writes == FIRST


def test_a_server_that_writes_it_otherwise_is_not_written_to_again(grafana: FakeGrafana, publish: Publish):
    grafana.normalises = True
    publish()
    assert publish().code == 0
    assert grafana.writes == FIRST


def test_the_difference_is_shown_before_the_version_is_replaced(
    grafana: FakeGrafana, publish: Publish, built: Path
):
    publish()
    panels = [
        {"id": 1, "title": "Outages", "targets": [{"refId": "A", "expr": "down"}]},
        {"id": 2, "title": "New"},
    ]
    write(built, board("city", "en", panels=panels, refresh="10s"))
    said = publish()
    assert said.code == 0
    assert "  change    citynoc-city-en ('city en')" in said.out
    assert "~ panels[1].targets[A].expr: 'up' -> 'down'" in said.out
    assert "+ panels[2]: 'New'" in said.out
    assert "+ refresh: '10s'" in said.out
    assert said.out.index("panels[2]") < said.out.index("changed citynoc-city-en")
    assert grafana.writes == [*FIRST, "save citynoc-city-en"]
    assert [one["version"] for one in grafana.boards["citynoc-city-en"].versions] == [1, 2]
    assert publish().code == 0
    assert len(grafana.writes) == len(FIRST) + 1


def test_long_differences_are_cut_unless_asked_for(grafana: FakeGrafana, publish: Publish, built: Path):
    publish()
    panels = [{"id": number, "title": f"Panel {number}"} for number in range(2, 40)]
    write(built, board("city", "en", panels=panels))
    assert "… and 19 more; --all shows them" in publish("--dry-run").out
    assert "'Panel 39'" in publish("--dry-run", "--all").out
    assert grafana.writes == FIRST


def test_a_dry_run_and_a_missing_yes_change_nothing(grafana: FakeGrafana, publish: Publish):
    said = publish("--dry-run")
    assert (said.code, "dry run" in said.err) == (1, True)
    said = publish(yes=False)  # nobody sits at a terminal here
    assert (said.code, "say --yes" in said.err) == (1, True)
    assert grafana.writes == []


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("n\n", 1), ("\n", 1), ("", 1)])
def test_at_a_terminal_it_asks(
    grafana: FakeGrafana, publish: Publish, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
):
    terminal = io.StringIO(typed)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    said = publish(yes=False)
    assert said.code == code
    assert "Publish this? [y/N]" in said.err
    assert grafana.writes == ([] if code else FIRST)


def test_names_that_others_gave_do_not_steer_a_terminal(grafana: FakeGrafana, publish: Publish):
    publish()
    grafana.save({"uid": "other", "title": "a\x1b[2J"}, folder="citynoc-en", by="somebody")
    changed = {**grafana.boards["citynoc-city-en"].content, "\x1b[2Jkey": 1}
    grafana.save(changed, folder="citynoc-en", by="an\x1b[2J", message="\x1b[2Jmine")
    said = publish()
    assert "left      'a?[2J'" in said.out
    assert "by an?[2J" in said.err
    assert "\x1b" not in said.out + said.err


def test_one_language_alone(grafana: FakeGrafana, publish: Publish):
    assert publish("--language", "vi").code == 0
    assert grafana.writes == FIRST[:3]


def test_a_grafana_under_a_path(publish: Publish):
    with running(FakeGrafana(prefix="/monitoring/grafana")) as fake:
        assert publish(url=f"{fake.address}/").code == 0
        assert fake.writes == FIRST


def test_folders_are_those_that_files_are_provisioned_into():
    path = ROOT / "deploy" / "grafana" / "provisioning" / "dashboards" / "citynoc.yml"
    providers = yaml.safe_load(path.read_text())["providers"]
    assert {one["name"].rpartition("-")[2]: (one["folderUid"], one["folder"]) for one in providers} == FOLDERS


# -- what stands in the way ---------------------------------------------------------------------------------


def test_a_wrong_token_and_one_that_may_only_look(grafana: FakeGrafana, publish: Publish):
    said = publish(token="glsa_wrong-0123456789abcdef")
    assert (said.code, "does not accept the token" in said.err) == (1, True)
    said = publish(token=VIEWER)
    assert (said.code, "needs the role Editor" in said.err) == (1, True)
    grafana.folders["citynoc-vi"] = {"title": "Giám sát mạng thành phố"}
    said = publish("--force", token=VIEWER)
    assert (said.code, "may not write to folder citynoc-vi" in said.err) == (1, True)
    assert grafana.writes == []


@pytest.mark.parametrize(
    ("version", "said"), [("11.6.1", "this is Grafana 11.6.1"), ("", "does not tell its version")]
)
def test_an_older_grafana_or_one_that_hides_its_age(
    grafana: FakeGrafana, publish: Publish, version: str, said: str
):
    grafana.version = version
    refused = publish()
    assert refused.code == 1
    assert said in refused.err
    assert grafana.writes == []
    assert publish("--force").code == 0
    assert grafana.writes == FIRST


def test_somebody_elses_folder(grafana: FakeGrafana, publish: Publish):
    grafana.folders["citynoc-en"] = {"title": "Finance"}
    theirs = {"uid": "money", "title": "Budget"}
    grafana.save(theirs, folder="citynoc-en", by="lan")
    said = publish()
    assert said.code == 1
    assert (
        "folder citynoc-en is somebody else's: it is called 'Finance' with 1 dashboards of others" in said.err
    )
    assert grafana.writes == [], "the other language's folder is not touched either"
    said = publish("--force")
    assert said.code == 0
    assert "left      'Budget'" in said.out
    assert len(grafana.boards["money"].versions) == 1
    assert grafana.folders["citynoc-en"] == {"title": "Finance"}
    assert publish().code == 0, "now ours stand in it"


def test_an_empty_folder_of_ours_is_ours(grafana: FakeGrafana, publish: Publish):
    grafana.folders["citynoc-en"] = {"title": "City network"}
    assert publish().code == 0
    grafana.folders["citynoc-en"] = {"title": "Renamed by the operators"}
    assert publish().code == 0


def test_a_folder_that_something_else_keeps(grafana: FakeGrafana, publish: Publish):
    grafana.folders["citynoc-en"] = {"title": "City network", "managedBy": "terraform"}
    said = publish("--force")
    assert (said.code, "is managed by terraform" in said.err, "--force" in said.err) == (1, True, False)
    assert grafana.writes == []


def test_a_dashboard_changed_by_hand_since(grafana: FakeGrafana, publish: Publish, built: Path):
    publish()
    edited = {**grafana.boards["citynoc-city-en"].content, "title": "Mine"}
    grafana.save(edited, folder="citynoc-en", by="minh", message="bigger map")
    write(built, board("wan", "en", refresh="30s"))
    said = publish()
    assert said.code == 1
    assert "changed by hand: version 2 was saved by minh" in said.err
    assert "'bigger map'" in said.err
    assert "~ title: 'Mine' -> 'city en'" in said.out
    assert grafana.writes == FIRST, "what nobody changed is not published alone"
    assert publish("--force").code == 0
    assert grafana.boards["citynoc-city-en"].content["title"] == "city en"
    assert [one["createdBy"] for one in grafana.boards["citynoc-city-en"].versions][1] == "minh", (
        "it can be had back"
    )
    assert publish().code == 0


def test_changed_by_hand_into_what_is_built_is_no_difference(grafana: FakeGrafana, publish: Publish):
    publish()
    grafana.save(grafana.boards["citynoc-city-en"].content, folder="citynoc-en", by="minh")
    assert publish().code == 0
    assert grafana.writes == FIRST


def test_a_dashboard_that_stands_elsewhere(grafana: FakeGrafana, publish: Publish):
    publish()
    grafana.folders["attic"] = {"title": "Attic"}
    grafana.boards["citynoc-wan-vi"].folder = "attic"
    said = publish()
    assert (said.code, "stands in another folder: Attic" in said.err) == (1, True)
    assert publish("--force").code == 0
    assert grafana.boards["citynoc-wan-vi"].folder == "citynoc-vi"


def test_a_provisioned_dashboard_cannot_be_forced(grafana: FakeGrafana, publish: Publish, built: Path):
    publish()
    grafana.boards["citynoc-wan-vi"].provisioned = True
    assert publish().code == 0, "as long as it is as it is built"
    write(built, board("wan", "vi", refresh="30s"))
    said = publish("--force")
    assert (said.code, "provisioned from files" in said.err) == (1, True)
    assert grafana.writes == FIRST


def test_somebody_saves_while_we_publish(grafana: FakeGrafana, publish: Publish, built: Path):
    publish()
    write(built, board("city", "vi", refresh="30s"))
    write(built, board("wan", "vi", refresh="30s"))

    def meanwhile(content: dict[str, object]) -> None:
        if content["uid"] == "citynoc-wan-vi" and len(grafana.boards["citynoc-wan-vi"].versions) == 1:
            grafana.save(grafana.boards["citynoc-wan-vi"].content, folder="citynoc-vi", by="minh")

    grafana.before_save = meanwhile
    said = publish()
    assert said.code == 1
    assert "changed citynoc-city-vi" in said.out
    assert "changed citynoc-wan-vi" not in said.out
    assert "Somebody saved while we published" in said.err
    assert grafana.writes == [*FIRST, "save citynoc-city-vi"]
    said = publish()
    assert (said.code, "saved by minh" in said.err) == (1, True)


def test_only_ours_are_ever_taken_away(grafana: FakeGrafana, publish: Publish, built: Path):
    write(built, board("old", "en"))
    write(built, board("older", "en"))
    publish()
    for name in ("old", "older"):
        (built / "en" / f"citynoc-{name}-en.json").unlink()
    grafana.save(board("older", "en", refresh="1m"), folder="citynoc-en", by="minh")
    grafana.save(board("theirs", "en"), folder="citynoc-en", by="lan")
    said = publish()
    assert said.code == 0
    assert "built no longer; --prune takes it away" in said.out
    assert "citynoc-old-en" in grafana.boards
    said = publish("--prune")
    assert (said.code, "taken away citynoc-old-en" in said.out) == (0, True)
    assert {"citynoc-older-en", "citynoc-theirs-en"} <= set(grafana.boards)
    assert "citynoc-old-en" not in grafana.boards
    assert [one for one in grafana.writes if one.startswith("delete")] == ["delete citynoc-old-en"]


def test_what_is_published_is_what_was_built(grafana: FakeGrafana, publish: Publish):
    """The real dashboards, not the small ones."""
    assert publish("--output", str(ROOT / "deploy" / "grafana" / "dashboards")).code == 0
    for path in (ROOT / "deploy" / "grafana" / "dashboards").glob("*/*.json"):
        there = {key: value for key, value in grafana.boards[path.stem].content.items() if key != "version"}
        assert there == {**json.loads(path.read_text()), "id": there["id"]}
    assert publish("--output", str(ROOT / "deploy" / "grafana" / "dashboards")).code == 0
