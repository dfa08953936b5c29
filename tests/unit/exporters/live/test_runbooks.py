"""Runbooks as pages: every shipped one in both languages, nothing in a text that could run, and only what was there."""

import re
import sysconfig
from html.parser import HTMLParser
from pathlib import Path

import pytest

from exporters.live import runbooks
from exporters.live.markdown import first_sentence, rendered
from exporters.live.runbooks import LARGEST, Runbooks, folder
from exporters.live.texts import Language
from tests.house.tree import ROOT

SHIPPED = ROOT / "docs" / "runbooks"
NAMES = sorted(path.stem for path in SHIPPED.glob("*.md") if path.stem != "README")
TITLES = {Language.ENGLISH: "Over when", Language.VIETNAMESE: "Khi nào xong"}
WHOLE = """# Title

First *sentence*, with `a.b` in it
over two lines. A second.

## Do

1. Call [the other](Other.md#part), or [what is elsewhere](../how-to/on-call.md), or see [all](README.md).

   ```sh
   amtool silence add --comment="<now> & here"
   ```

2. [web](https://wiki.city.example/x) [script](javascript:alert(1)) ![a picture](https://elsewhere.example/x.png)

<script>alert(1)</script> <img src=x onerror=alert(2)>

| a | b |
|---|---|
| 1 | 2 |
"""


class Tags(HTMLParser):
    """What a browser would make of a text: tags that end as they began, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def shelf(tmp_path: Path, **texts: str) -> Runbooks:
    for name, text in texts.items():
        (tmp_path / f"{name}.md").write_text(text)
    return Runbooks(tmp_path)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_runbook_is_a_page_in_its_language(name: str, language: Language):
    page = Runbooks(SHIPPED).page(name, language, "Command")
    english, _, vietnamese = (SHIPPED / f"{name}.md").read_text().partition("\n---\n")
    half = vietnamese if language is Language.VIETNAMESE else english
    assert page.language is language
    tags = Tags(page.body).seen
    assert "h1" not in dict(tags)
    assert f"<h2>{TITLES[language]}</h2>" in page.body
    assert page.body.count("<code>") == half.count("`") // 2
    assert page.body.count("<ol>") == 1
    for tag, attributes in tags:
        assert set(attributes) <= {"href"}
        if tag == "a":
            assert (attributes["href"] or "").removeprefix("/runbook/") in NAMES
    assert not re.search(r"\]\(|\*\*|`", page.body)


@pytest.mark.parametrize("language", list(Language))
def test_the_list_has_a_sentence_of_each(language: Language):
    listed = Runbooks(SHIPPED).listed(language)
    assert [one.title for one in listed] == NAMES
    for one in listed:
        assert one.href == f"/runbook/{one.title}"
        assert re.fullmatch(r"[^\n`*]{20,300}\.", one.note), one.note


def test_what_a_text_may_hold_and_what_becomes_of_it():
    def address(target: str) -> str | None:
        return {"Other.md#part": "/runbook/Other", "README.md": "/runbook/"}.get(target) or (
            target if target.startswith("https:") else None
        )

    made = rendered(WHOLE, address, 'Lệnh "x"')
    tags = Tags(made).seen
    assert {tag for tag, _ in tags}.isdisjoint({"script", "img", "h1"})
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in made
    links = [attributes["href"] for tag, attributes in tags if tag == "a"]
    assert links == ["/runbook/Other", "/runbook/", "https://wiki.city.example/x"]
    assert "or what is elsewhere, or see" in made
    assert "a picture" in made
    assert "elsewhere.example" not in made
    assert "amtool silence add --comment=&quot;&lt;now&gt; &amp; here&quot;\n</code></pre>" in made
    [block] = [attributes for tag, attributes in tags if tag == "pre"]
    assert block == {"tabindex": "0", "role": "group", "aria-label": 'Lệnh "x"'}
    assert "<td>1</td>" in made


def test_the_first_sentence_is_plain_words():
    assert first_sentence(WHOLE) == "First sentence, with a.b in it over two lines."
    assert first_sentence("# Title only") == ""
    assert first_sentence("no end") == "no end"
    assert first_sentence("") == ""


def test_a_half_that_is_missing_is_told_in_the_other(tmp_path: Path):
    known = shelf(tmp_path, Own="# Own\n\nOurs.\n")
    assert known.page("Own", Language.VIETNAMESE, "Lệnh") == ("Own", Language.ENGLISH, "<p>Ours.</p>\n")


def test_only_what_was_there_at_the_start_is_ever_read(tmp_path: Path):
    outside = tmp_path / "secret.md"
    outside.write_text("# secret")
    inside = tmp_path / "inside"
    (inside / "Folder.md").mkdir(parents=True)
    (inside / "odd name.md").write_text("# odd")
    (inside / "Latin.md").write_bytes(b"# x\n\n\xff.\n")
    known = shelf(inside, README="# all", One="# One\n\nA.\n")
    (inside / "Later.md").write_text("# later")
    (inside / "One.md").unlink()
    assert [one.title for one in known.listed(Language.ENGLISH)] == ["Latin", "One"]
    assert known.page("One", Language.ENGLISH, "").body == "<p>A.</p>\n"
    for name in ("../secret", "secret", "README", "Later", "Folder", "odd name", ""):
        assert name not in known


def test_a_file_without_end_is_cut(tmp_path: Path):
    known = shelf(tmp_path, Long="x" * (LARGEST + 1))
    assert len(known.page("Long", Language.ENGLISH, "").body) < LARGEST + 20


def test_names_that_resemble_a_mistyped_one(tmp_path: Path):
    known = Runbooks(SHIPPED)
    assert known.near("citynocoutage")[0].href == "/runbook/CitynocOutage"
    assert known.near("MeetingNotRedy.md")[0].title == "MeetingNotReady"
    assert known.near("zzzz") == known.near("") == known.near("x" * 9999) == []


def test_without_files_there_are_none_and_nothing_breaks(tmp_path: Path):
    for source in (None, tmp_path, tmp_path / "nothing"):
        known = Runbooks(source)
        assert not known
        assert known.listed(Language.ENGLISH) == known.near("CitynocOutage") == []


def test_they_are_found_in_a_checkout_and_where_an_installation_puts_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert folder() == SHIPPED
    monkeypatch.setattr(runbooks, "__file__", str(tmp_path / "lib" / "exporters" / "live" / "runbooks.py"))
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    assert folder() is None
    installed = tmp_path / "share" / "citynoc" / "runbooks"
    installed.mkdir(parents=True)
    assert folder() == installed
