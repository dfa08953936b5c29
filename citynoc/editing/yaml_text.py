"""A YAML text with some values changed or added, every other byte as it was: comments, order, quoting, spacing.

The text is never written anew: the parser says where each value stands, and only those places are replaced. The result
is read again and must say what was wanted and nothing else; otherwise nothing is done. Positions are libyaml's
(PyYAML), the parser that reads the files, so both agree on what stands where.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml

from citynoc.editing.render import Value, block, flow, scalar
from collector.config.document import Steps
from collector.config.yaml import parse


@dataclass(frozen=True, slots=True)
class Whole:
    """A list or mapping that takes the place of what stands there; a mapping alone is merged into it."""

    value: Value


Patch = Mapping[str, "Patch | Whole | str"]
"""What is wanted by key: text for a value, a mapping for what is inside; keys that are not named stay."""


class CannotEditError(Exception):
    """The text cannot be changed by a program without losing something; the sentence is for a person."""

    def __init__(self, message: str, steps: Steps = ()) -> None:
        self.steps = steps
        super().__init__(message)


class _Splice(NamedTuple):
    start: int
    end: int
    text: str


def edit(text: str, patch: Patch) -> str:
    """`text` with `patch` in it. Raises CannotEditError; then nothing is lost."""
    if not patch:
        return text
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix("\ufeff")
    try:
        top = yaml.compose(body, yaml.CBaseLoader)
    except yaml.YAMLError:
        raise CannotEditError("the file is not sound YAML") from None
    splices = _Splicer(body).splices(top, patch)
    result = body
    for splice in sorted(splices, key=lambda one: (one.start, one.end), reverse=True):
        result = result[: splice.start] + splice.text + result[splice.end :]
    _prove(body, result, patch)
    return bom + result


def merged(value: Any, patch: Patch) -> Any:
    """Plain values with the patch in them: what the edited text must say."""
    result = dict(value) if isinstance(value, dict) else {}
    for name, wanted in patch.items():
        if isinstance(wanted, Whole):
            result[name] = _plain(wanted.value)
        elif isinstance(wanted, str):
            result[name] = wanted
        else:
            result[name] = merged(result.get(name), wanted)
    return result


def _prove(before: str, after: str, patch: Patch) -> None:
    old, new = parse(before, ""), parse(after, "")
    wanted = merged(old.value, patch)
    if new.problems or new.value != wanted or not _same_order(old.value, new.value):
        raise CannotEditError(
            "an anchor, an alias or its layout keeps a program from editing it: edit it by hand"
        )


def _same_order(old: Any, new: Any) -> bool:
    """Keys that were there still stand in their order."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return True
    return [name for name in new if name in old] == [name for name in old if name in new]


def _plain(value: Value) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value]


def values(patch: Patch) -> dict[str, Value]:
    """A patch for something that is not there yet, as the values that it makes."""
    return {name: _value(one) for name, one in patch.items()}


def _value(wanted: "Patch | Whole | str") -> Value:

    if isinstance(wanted, Whole):
        return wanted.value
    if isinstance(wanted, str):
        return wanted
    return values(wanted)


class _Splicer:
    """Walks the nodes and the patch side by side; collects what to replace."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._step = 2
        self._found: list[_Splice] = []

    def splices(self, top: Any, patch: Patch) -> list[_Splice]:
        if top is None:
            raise CannotEditError("the file is empty")
        self._step = _step_of(top)
        self._merge(top, patch, ())
        return self._found

    def _merge(self, node: Any, patch: Patch, steps: Steps) -> None:
        if not isinstance(node, yaml.MappingNode):
            raise CannotEditError("a mapping is wanted here, and something else is written", steps)
        there = {name.value: (name, value) for name, value in node.value}
        added: dict[str, Value] = {}
        for name, wanted in patch.items():
            if name not in there:
                added[name] = _value(wanted)
                continue
            here = (*steps, name)
            key_node, value_node = there[name]
            if _is_nothing(value_node) and not isinstance(wanted, str):
                self._fill(node, key_node, _value(wanted), here)
            elif isinstance(wanted, (Whole, str)):
                self._replace(
                    value_node, wanted.value if isinstance(wanted, Whole) else wanted, node, key_node
                )
            elif not isinstance(value_node, yaml.MappingNode) or (
                not value_node.value and not node.flow_style
            ):
                self._swap_empty(value_node, key_node, node, _value(wanted), here)
            else:
                self._merge(value_node, wanted, here)
        if added and node.flow_style:
            self._add_in_line(node, added)
        elif added:
            self._add_lines(node, added, steps)

    def _replace(self, node: Any, value: Value, parent: Any, key_node: Any) -> None:
        """The smallest change that makes the node say `value`."""
        inside = _pairs(node, value)
        if isinstance(value, str) and isinstance(node, yaml.ScalarNode):
            self._replace_scalar(node, value, parent, key_node)
        elif inside is not None:
            for child, one in inside:
                self._replace(child, one, node, child)
        elif isinstance(node, yaml.ScalarNode) or node.flow_style:
            self._found.append(_Splice(node.start_mark.index, node.end_mark.index, flow(value)))
        else:
            end = self._end_of(node, key_node)
            if "#" in self._text[node.start_mark.index : end]:
                raise CannotEditError("comments stand inside what would be replaced: edit it by hand")
            self._found.append(_Splice(self._after_colon(key_node), end, " " + flow(value)))

    def _replace_scalar(self, node: Any, value: str, parent: Any, key_node: Any) -> None:
        if _is_nothing(node):
            self._put(self._after_colon(key_node), " " + scalar(value, flow=parent.flow_style))
        elif node.style in {"|", ">"}:
            raise CannotEditError("a text over several lines stands here: edit it by hand")
        elif node.value != value:
            shown = scalar(value, flow=True, quote=node.style)
            self._found.append(_Splice(node.start_mark.index, node.end_mark.index, shown))

    def _swap_empty(self, node: Any, key_node: Any, parent: Any, value: Value, steps: Steps) -> None:
        """`{}` becomes entries; what is a word where a mapping is wanted stays a person's decision."""
        if not isinstance(node, yaml.MappingNode):
            raise CannotEditError(f"'{node.value}' is written where a mapping is wanted", steps)
        self._found.append(_Splice(self._after_colon(key_node), node.end_mark.index, ""))
        self._fill(parent, key_node, value, steps, at=node.end_mark.index)

    def _fill(self, parent: Any, key_node: Any, value: Value, steps: Steps, at: int | None = None) -> None:
        """A value for a key that has none."""
        place = self._after_colon(key_node) if at is None else at
        if parent.flow_style or not isinstance(value, Mapping):
            self._put(place, " " + flow(value))
            return
        column = key_node.start_mark.column + self._step
        depth = len(steps) - 1
        lines = [line for name, one in value.items() for line in block(name, one, self._step, depth)]
        self._put(self._line_end(place), self._indented(lines, column))

    def _add_in_line(self, node: Any, added: Mapping[str, Value]) -> None:
        shown = flow(added)[1:-1]
        if node.value:
            name, value = node.value[-1]
            place = self._after_colon(name) if _is_nothing(value) else value.end_mark.index
            self._put(place, ", " + shown)
        else:
            self._put(node.end_mark.index - 1, shown)

    def _add_lines(self, node: Any, added: Mapping[str, Value], steps: Steps) -> None:
        column = node.start_mark.column
        name, value = node.value[-1]
        place = self._past_remarks(self._line_end(self._end_of(value, name)), column)
        text = ""
        for new, one in added.items():
            lines = block(new, one, self._step, len(steps) - 1)
            gap = self._newline if self._gapped(node, len(lines)) else ""
            text += gap + self._indented(lines, column)
        self._put(place, text)

    def _indented(self, lines: Sequence[str], column: int) -> str:
        return "".join(f"{self._newline}{' ' * column}{line}" for line in lines)

    def _put(self, place: int, text: str) -> None:
        self._found.append(_Splice(place, place, text))

    def _gapped(self, node: Any, lines: int) -> bool:
        """Whether entries of this mapping are parted by an empty line."""
        if len(node.value) == 1:
            only = node.value[0][1]
            return lines > 1 and isinstance(only, yaml.MappingNode) and not only.flow_style
        (name, value), (last, _) = node.value[-2:]
        between = self._text[self._end_of(value, name) : last.start_mark.index]
        return any(not line.strip() for line in between.split("\n")[1:-1])

    def _end_of(self, node: Any, key_node: Any) -> int:
        """Where the node's own text ends: block nodes end, for the parser, only where the next thing begins."""
        if _is_nothing(node):
            return self._after_colon(key_node)
        if isinstance(node, yaml.ScalarNode):
            if node.style in {"|", ">"}:
                return len(self._text[: node.end_mark.index].rstrip())
            return int(node.end_mark.index)
        if node.flow_style:
            return int(node.end_mark.index)
        if isinstance(node, yaml.MappingNode):
            name, value = node.value[-1]
            return self._end_of(value, name)
        return self._end_of(node.value[-1], key_node)

    def _after_colon(self, key_node: Any) -> int:
        place = int(key_node.end_mark.index)
        rest = self._text[place:]
        spaces = len(rest) - len(rest.lstrip(" "))
        return place + spaces + 1 if rest[spaces : spaces + 1] == ":" else place

    def _line_end(self, place: int) -> int:
        end = self._text.find("\n", place)
        end = len(self._text) if end < 0 else end
        return end - 1 if self._text[max(end - 1, 0) : end] == "\r" else end

    def _past_remarks(self, place: int, column: int) -> int:
        """Past the comments right below an entry that are indented as far: they belong to it."""
        while column and (start := self._text.find("\n", place)) >= 0:
            end = self._line_end(start + 1)
            line = self._text[start + 1 : end]
            if not line.lstrip(" ").startswith("#") or len(line) - len(line.lstrip(" ")) < column:
                return place
            place = end
        return place


def _is_nothing(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.value and not node.style


def _pairs(node: Any, value: Value) -> list[tuple[Any, Value]] | None:
    """The parts of the node beside what each should say, if only parts differ; None if the whole is another."""
    if isinstance(value, str) or isinstance(node, yaml.ScalarNode) or len(node.value) != len(value):
        return None
    if isinstance(value, Mapping):
        if not isinstance(node, yaml.MappingNode) or [name.value for name, _ in node.value] != [*value]:
            return None
        parts = [child for _, child in node.value]
        return None if any(map(_is_nothing, parts)) else [*zip(parts, value.values(), strict=True)]
    return [*zip(node.value, value, strict=True)] if isinstance(node, yaml.SequenceNode) else None


def _step_of(top: Any) -> int:
    """How far this file indents: as its first mapping inside another does, else two."""
    waiting = [top]
    while waiting:
        node = waiting.pop(0)
        if not isinstance(node, yaml.MappingNode):
            continue
        for name, value in node.value:
            if isinstance(value, yaml.MappingNode) and not value.flow_style and value.value:
                return int(value.start_mark.column - name.start_mark.column)
            waiting.append(value)
    return 2
