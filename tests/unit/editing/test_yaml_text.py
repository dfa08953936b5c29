import difflib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citynoc.editing.render import scalar
from citynoc.editing.yaml_text import CannotEditError, Patch, Whole, edit, merged
from collector.config.yaml import parse

ROOT = Path(__file__).parents[3]
DISTRICTS = sorted((ROOT / "config" / "districts").glob("*.yml"))
DEVICE = {"sites": {"00115": {"devices": {"rt-00115": {"address": "127.0.0.9"}}}}}

CASES: dict[str, tuple[str, Patch, str]] = {
    "a plain value keeps the remark beside it": (
        "a: 1 # why\nb:   two\n",
        {"a": "3"},
        "a: 3 # why\nb:   two\n",
    ),
    "quotes stay quotes": (
        "a: 'one'\nb: \"two\"\nc: three\n",
        {"a": "it's", "b": 'say "x"', "c": "a: b"},
        'a: \'it\'\'s\'\nb: "say \\"x\\""\nc: "a: b"\n',
    ),
    "spacing of a line stays": (
        "{ a : 1,b: [ 1 ,2 ] }\n",
        {"a": "2", "b": Whole(["1", "3"])},
        "{ a : 2,b: [ 1 ,3 ] }\n",
    ),
    "a word that YAML would take for a truth is quoted": ("a: x\n", {"a": "no"}, 'a: "no"\n'),
    "a code stays plain": ("a: x\n", {"a": "00115"}, "a: 00115\n"),
    "an entry at the end, before the remark of the file": (
        "sites:\n  00115:\n    name: x\n\n# the end\n",
        {"sites": {"00116": {"name": "w"}}},
        "sites:\n  00115:\n    name: x\n\n  00116:\n    name: w\n\n# the end\n",
    ),
    "a remark that belongs to the last entry stays with it": (
        "sites:\n  00115:\n    name: x\n    # tags: [pilot]\ncables: {}\n",
        {"sites": {"00115": {"location": Whole(["1", "2"])}}},
        "sites:\n  00115:\n    name: x\n    # tags: [pilot]\n    location: [1, 2]\ncables: {}\n",
    ),
    "a device in a line of devices": (
        "sites: {00115: {name: x, devices: {a-1: {address: 127.0.0.1}}}}\n",
        {"sites": {"00115": {"devices": {"b-1": {"address": "127.0.0.2"}}}}},
        "sites: {00115: {name: x, devices: {a-1: {address: 127.0.0.1}, b-1: {address: 127.0.0.2}}}}\n",
    ),
    "a comma at the end of a line of entries": (
        "a: {\n  b: 1, # one\n  c: 2,\n}\n",
        {"a": {"d": "3"}},
        "a: {\n  b: 1, # one\n  c: 2, d: 3,\n}\n",
    ),
    "a file without sites": (
        "name: x\n",
        DEVICE,
        "name: x\nsites:\n  00115:\n    devices:\n      rt-00115: {address: 127.0.0.9}\n",
    ),
    "sites that are empty braces": (
        "sites: {}\n",
        {"sites": {"1": {"name": "x"}}},
        "sites:\n  1:\n    name: x\n",
    ),
    "sites without anything": (
        "sites: # none yet\nname: x\n",
        {"sites": {"1": {"name": "x"}}},
        "sites: # none yet\n  1:\n    name: x\nname: x\n",
    ),
    "a value that is not there": ("a:\nb: 1\n", {"a": "x"}, "a: x\nb: 1\n"),
    "a file that indents by four": (
        "sites:\n    00115:\n        name: x\n",
        {"sites": {"00116": {"name": "w", "devices": {"rt-00116": {"address": "127.0.0.1"}}}}},
        """sites:
    00115:
        name: x

    00116:
        name: w
        devices:
            rt-00116: {address: 127.0.0.1}
""",
    ),
    "line ends of another system": (
        "a: 1\r\nb:\r\n  c: 2\r\n",
        {"b": {"d": "3"}, "a": "2"},
        "a: 2\r\nb:\r\n  c: 2\r\n  d: 3\r\n",
    ),
    "a mark at the beginning of the file": ("\ufeffa: 1\n", {"a": "2"}, "\ufeffa: 2\n"),
    "no end of the last line": ("a:\n  b: 1", {"a": {"c": "2"}}, "a:\n  b: 1\n  c: 2"),
    "a list in the place of a mapping": (
        "a: {b: {c: 1}}\n",
        {"a": {"b": Whole(["x", "w"])}},
        "a: {b: [x, w]}\n",
    ),
    "a block becomes another value": (
        "a:\n  b:\n    - 1\n    - 2\n  c: 3\n",
        {"a": {"b": Whole(["x"])}},
        "a:\n  b: [x]\n  c: 3\n",
    ),
    "an alias is left alone while its anchor stays": (
        "a: &x 1\nb: *x\nc: 2\n",
        {"c": "3"},
        "a: &x 1\nb: *x\nc: 3\n",
    ),
    "one coordinate of two": (
        "a: [ 21.0,  105.8 ]\n",
        {"a": Whole(["21.0", "105.9"])},
        "a: [ 21.0,  105.9 ]\n",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_only_what_changes_is_other(case: tuple[str, Patch, str]):
    text, patch, wanted = case
    found = edit(text, patch)
    assert found == wanted
    assert edit(found, patch) == found, "a second time changes nothing"


@pytest.mark.parametrize(
    ("text", "patch"),
    [
        ("a: &x 1\nb: *x\n", {"a": "2"}),  # b would change too
        ("a: &x {c: 1}\nb: *x\n", {"b": {"c": "2"}}),
        ("a: |\n  one\n  two\n", {"a": "x"}),
        ("a: off\n", {"a": {"port": "1"}}),
        ("a: [1]\n", {"a": {"port": "1"}}),
        ("a:\n  - 1 # why\n  - 2\n", {"a": Whole(["x"])}),
        ("", {"a": "1"}),
        ("- 1\n", {"a": "1"}),
        ("a: [\n", {"a": "1"}),
    ],
)
def test_what_would_lose_something_is_refused(text: str, patch: Patch):
    with pytest.raises(CannotEditError):
        edit(text, patch)


@pytest.mark.parametrize(
    "text",
    [
        "Phường 1",
        "no",
        "a: b",
        "- x",
        "#1",
        "'x",
        "x ",
        "12",
        "",
        "a\tb",
        "{x}",
        "x, y",
        "fd00::1",
        "~",
        "1e5",
    ],
)
@pytest.mark.parametrize("around", ["a: {}\n", "a: [{}, z]\n", "a: {{b: {}}}\n"])
def test_any_text_survives_being_written(text: str, around: str):
    found = parse(around.format(scalar(text, flow=True)), "x.yml")
    assert not found.problems
    assert text in str(found.value) or found.value


def removed(old: str, new: str) -> list[str]:
    return [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line.startswith("- ")]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_change_of_a_shipped_file_touches_only_its_own_lines(data: st.DataObject):
    text = data.draw(st.sampled_from(DISTRICTS)).read_text()
    value = parse(text, "x.yml").value
    sites = data.draw(st.lists(st.sampled_from([*value["sites"]]), unique=True, max_size=4))
    patch: dict[str, dict[str, object]] = {"sites": {}}
    changed = 0
    for site in sites:
        devices = value["sites"][site]["devices"]
        names = data.draw(st.lists(st.sampled_from([*devices]), unique=True, min_size=1))
        entry: dict[str, object] = {"devices": {name: {"address": "127.99.1.1"} for name in names}}
        changed += len(names)
        if data.draw(st.booleans()):
            entry["name"] = data.draw(st.text("abc :#'\"{}[],&*!|>%@`ạđ", min_size=1, max_size=12))
            changed += entry["name"] != value["sites"][site]["name"]
        patch["sites"][site] = entry
    for code in data.draw(st.lists(st.sampled_from(["90001", "90002", "x-1"]), unique=True)):
        patch["sites"][code] = {"name": data.draw(st.text(min_size=1, max_size=8).filter(str.isprintable))}
    new = edit(text, patch)  # type: ignore[arg-type]  # built step by step
    assert parse(new, "x.yml").value == merged(value, patch)  # type: ignore[arg-type]
    assert len(removed(text, new)) == changed
