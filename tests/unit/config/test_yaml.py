import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.config import yaml
from collector.config.yaml import parse, read


@pytest.mark.parametrize(
    "word", ["00115", "012", "12:30", "no", "1e3", "~", "null", "2025-07-01", "0x1f", ".inf"]
)
def test_a_scalar_is_the_string_that_is_written(word: str):
    assert parse(f"key: {word}\n", "x.yml").value == {"key": word}
    assert parse(f"key: '{word}'\n", "x.yml").value == {"key": word}


def test_nothing_written_is_none_and_an_empty_string_is_a_string():
    assert parse("a:\nb: ''\n", "x.yml").value == {"a": None, "b": ""}


def test_marks_count_characters_from_one_also_after_vietnamese_and_a_byte_order_mark(tmp_path: Path):
    path = tmp_path / "x.yml"
    path.write_bytes(b"\xef\xbb\xbf" + "tên: {Đống Đa: xã, ở: [một, hai]}\r\nb: c\r\n".encode())
    document = read(path, tmp_path)
    assert str(document.place(("tên", "Đống Đa"))) == "x.yml:1:16"
    assert str(document.place(("tên", "Đống Đa"), key=True)) == "x.yml:1:7"
    assert str(document.place(("tên", "ở", 1))) == "x.yml:1:29"
    assert str(document.place(("b",))) == "x.yml:2:4"


def test_an_unknown_path_is_placed_at_its_longest_known_part():
    document = parse("a:\n  b:\n    c: 1\n", "x.yml")
    assert str(document.place(("a", "b", "zz", 4))) == "x.yml:2:3"


def test_an_alias_is_its_anchors_value_with_a_place_of_its_own():
    document = parse("a: &x {k: v}\nb: *x\n", "x.yml")
    assert document.value == {"a": {"k": "v"}, "b": {"k": "v"}}
    assert document.place(("b",)).line == 2
    assert document.place(("b", "k")).line == 1


def test_aliases_cannot_eat_the_memory():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    tracemalloc.start()
    document = parse("\n".join(lines), "x.yml")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not document.readable
    assert "aliases expand" in document.problems[0].message
    assert peak < 5_000_000


def test_a_file_that_is_too_large_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(yaml, "LARGEST_FILE", 1024 * 1024)
    path = tmp_path / "x.yml"
    path.write_bytes(b"# " + b"x" * (1024 * 1024))
    assert read(path, tmp_path).problems[0].message == "the file is larger than 1 MiB"


def test_nesting_is_bounded_without_recursion():
    document = parse("[" * 200_000, "x.yml")
    assert document.problems[0].message == f"nested deeper than {yaml.DEEPEST} levels"


@pytest.mark.parametrize("kind", ["missing", "directory", "pipe"])
def test_a_file_that_cannot_be_opened_is_a_problem(kind: str, tmp_path: Path):
    path = tmp_path / "x.yml"
    if kind == "directory":
        path.mkdir()
    if kind == "pipe":
        os.mkfifo(path)
    document = read(path, tmp_path)
    assert document.problems[0].message.startswith("cannot read the file: ")
    assert str(document.problems[0].place) == "x.yml:1:1"


def test_duplicates_are_all_found_and_the_first_counts():
    document = parse("a: 1\na: 2\nb: {c: 1, c: 2}\n", "x.yml")
    assert document.value == {"a": "1", "b": {"c": "1"}}
    assert [(p.place.line, p.place.column) for p in document.problems] == [(2, 1), (3, 11)]


@given(st.text(alphabet=st.sampled_from("a:- \n\t[]{}&*!|>'\"#%@`,?\\é\x00\x85\ufeff"), max_size=60))
def test_no_text_makes_it_raise(text: str):
    document = parse(text, "x.yml")
    assert document.readable or document.problems
    lines = text.count("\n") + text.count("\x85") + 1
    for problem in document.problems:
        assert 1 <= problem.place.line <= lines + 1
        assert problem.place.column >= 1


@given(st.binary(max_size=80))
def test_no_bytes_make_it_raise(tmp_path_factory: pytest.TempPathFactory, raw: bytes):
    path = tmp_path_factory.mktemp("raw") / "x.yml"
    path.write_bytes(raw)
    document = read(path, path.parent)
    assert document.readable or document.problems


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("a: [", (1, 5), "a value is missing here, or a bracket above is not closed"),
        ("a: [1\n", (1, 4), "the '[' that opens here is not closed, or a ',' is missing"),
        ("a\nb: 1\n", (1, 1), "a key without ':' after it"),
        ("- a\nb: 1\n", (2, 1), "the indentation does not fit the lines above"),
        ("a: 1\n\tb: 2\n", (2, 1), "a tab is used for indentation"),
        ("%YAML 3.0\n---\na: 1\n", (1, 1), "found incompatible YAML document"),
    ],
)
def test_broken_yaml_is_explained(text: str, place: tuple[int, int], said: str):
    problem = parse(text, "x.yml").problems[0]
    assert (problem.place.line, problem.place.column) == place
    assert problem.message == said
