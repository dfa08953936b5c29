"""`oncall.yml` to `OnCall`, or every mistake in it: shapes, names that nobody has, hours in which nobody is paged.

It resolves no secret: the service never speaks to a receiver, so it need not know one. `secrets_of` names them for
the verbs that do.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from collector.config.document import Document, Findings, Steps
from collector.config.problems import Problem, Severity, did_you_mean
from collector.config.schema_channels import NO_SECRET, EmailShape, WebhookShape
from collector.config.schema_oncall import HeartbeatShape, LinksShape, OnCallFile, ReceiverShape, SmtpShape
from collector.config.secrets import Reference, UnresolvedError, resolve
from collector.config.shape import Shape, validate_parts
from collector.config.yaml import read
from collector.oncall import ALWAYS, Hours, Language, Rota, Shift, Wake, said, turns, unattended

FILE = "oncall.yml"
CHANNELS = tuple(name for name in ReceiverShape.model_fields if name != "language")


@dataclass(frozen=True, slots=True)
class Receiver:
    """A role and the ways to reach it, each with its own shape."""

    name: str
    language: Language
    channels: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Whom a page is told to next, `after` seconds in which nobody took it."""

    after: float
    receiver: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Who hears warnings, and when."""

    receiver: str
    hours: Hours


@dataclass(frozen=True, slots=True)
class OnCall:
    """Everything `oncall.yml` says, checked. `timezone` is an IANA name; at any minute every district has a shift."""

    timezone: str
    links: LinksShape
    smtp: SmtpShape | None
    receivers: Mapping[str, Receiver]
    shifts: tuple[Shift, ...]
    wake: tuple[Wake, ...]
    desk: Desk
    owners: Mapping[str, str]
    """Receiver of each owner of a target."""
    escalation: tuple[Step, ...]
    heartbeat: HeartbeatShape
    document: Document


def read_on_call(
    path: Path, root: Path, districts: Collection[str] | None, timezone: str
) -> tuple[OnCall | None, list[Problem]]:
    """What the file says and what is wrong with it; neither if there is no such file.

    `districts` are those that exist, None if that is not known; `timezone` is the city's.
    """
    if not path.exists():
        return None, []
    document = read(path, root, secret=True)
    model, problems, spoilt = validate_parts(OnCallFile, document)
    if model is None:
        return None, problems
    reader = _Reader(document, model, {str(steps[-1]) for steps in spoilt}, districts)
    found = reader.read(timezone)
    problems += reader.problems
    broken = any(problem.severity is Severity.ERROR for problem in problems)
    return (None if broken else found), problems


class _Reader:
    """One file's references, followed."""

    def __init__(
        self, document: Document, model: OnCallFile, spoilt: set[str], districts: Collection[str] | None
    ) -> None:
        self._findings = Findings(document)
        self._model = model
        self._spoilt = spoilt
        self._districts = districts
        self._used: set[str] = set()
        self._hours = {name: Hours(name, spans) for name, spans in model.hours.items()}
        self._hours[ALWAYS.name] = ALWAYS

    @property
    def problems(self) -> list[Problem]:
        return self._findings.problems

    def read(self, timezone: str) -> OnCall:
        model = self._model
        receivers = {name: self._receiver(name, shape) for name, shape in model.receivers.items()}
        shifts = tuple(
            Shift(
                self._name(("shifts", i, "to"), shape.to),
                self._when(("shifts", i, "hours"), shape.hours),
                tuple(
                    self._district(("shifts", i, "districts", k), d) for k, d in enumerate(shape.districts)
                ),
            )
            for i, shape in enumerate(model.shifts)
        )
        wake = tuple(
            Wake(self._when(("wake", i, "hours"), shape.hours), shape.sites)
            for i, shape in enumerate(model.wake)
        )
        desk = Desk(
            self._name(("warnings", "to"), model.warnings.to),
            self._when(("warnings", "hours"), model.warnings.hours),
        )
        owners = {owner: self._name(("owners", owner), receiver) for owner, receiver in model.owners.items()}
        steps = tuple(
            Step(shape.after, self._name(("escalation", i, "to"), shape.to))
            for i, shape in enumerate(model.escalation)
        )
        self._check_token(("heartbeat",), model.heartbeat)
        self._check_smtp(receivers)
        self._check_steps(steps)
        if not self.problems and not self._spoilt:
            self._check_rota(shifts)
            self._check_used()
        return OnCall(
            model.timezone or timezone,
            model.links,
            model.smtp,
            MappingProxyType(receivers),
            shifts,
            wake,
            desk,
            MappingProxyType(owners),
            steps,
            model.heartbeat,
            self._findings.document,
        )

    def _receiver(self, name: str, shape: ReceiverShape) -> Receiver:
        channels = tuple(channel for key in CHANNELS if (channel := getattr(shape, key)) is not None)
        steps = ("receivers", name)
        if not channels:
            hint = f"one or more of {', '.join(CHANNELS)}"
            self._findings.add(steps, f"receiver '{name}' has no way to be reached", hint, key=True)
        if shape.webhook is not None:
            self._check_token((*steps, "webhook"), shape.webhook)
        return Receiver(name, shape.language or self._model.language, channels)

    def _check_token(self, steps: Steps, shape: WebhookShape | HeartbeatShape) -> None:
        if shape.token is None and isinstance(shape.url, str):
            hint = f"write token: env:NAME or file:PATH; or token: {NO_SECRET} if nobody else can reach the address"
            self._findings.add(steps, f"'{steps[-1]}' has no 'token'", hint, key=True)

    def _check_smtp(self, receivers: Mapping[str, Receiver]) -> None:
        smtp = self._model.smtp
        for name, receiver in receivers.items():
            if smtp is None and any(isinstance(channel, EmailShape) for channel in receiver.channels):
                steps = ("receivers", name, "email")
                self._findings.add(
                    steps, "no 'smtp' says how mail is sent", "write smtp: {server: …, from: …}"
                )
        if smtp is not None and (smtp.username is None) is not (smtp.password is None):
            missing = "password" if smtp.password is None else "username"
            self._findings.add(
                ("smtp",), f"'smtp' has no '{missing}'", "a login is both, or neither", key=True
            )

    def _check_steps(self, steps: tuple[Step, ...]) -> None:
        for i, (before, step) in enumerate(pairwise(steps), start=1):
            if step.after <= before.after:
                message = "this step is not later than the one before"
                self._findings.add(("escalation", i, "after"), message, "count from the page")

    def _check_rota(self, shifts: tuple[Shift, ...]) -> None:
        districts = dict.fromkeys(d for shift in shifts for d in shift.districts)
        for district in ("", *districts):
            words = said(unattended(shifts, district))
            if words:
                about = f"district {district}" if district else "the whole city"
                hint = "let the last shift have no hours and no districts"
                self._findings.add(("shifts",), f"nobody is paged about {about} on {words}", hint, key=True)
                return
        turned = {turn.shift for district in ("", *districts) for turn in turns(shifts, district)}
        for i, shift in enumerate(shifts):
            if shift not in turned:
                message = "this shift is never paged: earlier ones have all of its hours"
                self._findings.add(("shifts", i), message, severity=Severity.WARNING)

    def _check_used(self) -> None:
        for name in self._model.receivers:
            if name not in self._used:
                message = f"nothing is ever sent to receiver '{name}'"
                self._findings.add(("receivers", name), message, severity=Severity.WARNING, key=True)

    def _name(self, steps: Steps, name: str) -> str:
        self._used.add(name)
        if name not in self._model.receivers and name not in self._spoilt:
            hint = did_you_mean(name, self._model.receivers)
            self._findings.add(steps, f"no receiver is called '{name}'", hint)
        return name

    def _when(self, steps: Steps, name: str) -> Hours:
        hours = self._hours.get(name)
        if hours is None and name not in self._spoilt:
            hint = did_you_mean(name, self._hours) or f"known hours: {', '.join(sorted(self._hours))}"
            self._findings.add(steps, f"no hours are called '{name}'", hint)
        return hours or ALWAYS

    def _district(self, steps: Steps, code: str) -> str:
        if self._districts is not None and code not in self._districts:
            self._findings.add(
                steps, f"no district has the code '{code}'", did_you_mean(code, self._districts)
            )
        return code


def rota_of(on_call: OnCall) -> Rota:
    """What the service needs of it, and everything else as one text by which a change is seen."""
    written = repr([getattr(on_call, one.name) for one in fields(on_call) if one.name != "document"])
    first = on_call.escalation[0].after if on_call.escalation else None
    return Rota(on_call.timezone, on_call.wake, first, written)


def strangers(on_call: OnCall, owners: Collection[str]) -> list[Problem]:
    """A warning for each owner that owns nothing: most likely somebody mistyped a name. `owners` are those of targets."""
    return [
        on_call.document.problem(
            ("owners", name),
            f"no target is owned by '{name}'",
            did_you_mean(name, owners),
            Severity.WARNING,
            key=True,
        )
        for name in on_call.owners
        if name not in owners
    ]


def secrets_of(on_call: OnCall) -> Iterator[tuple[Steps, Reference]]:
    """Every reference to a secret, and where it is written."""
    parts: list[tuple[Steps, Shape]] = [(("heartbeat",), on_call.heartbeat)]
    if on_call.smtp is not None:
        parts.append((("smtp",), on_call.smtp))
    parts.extend(
        (("receivers", name, channel.noun), channel)
        for name, receiver in on_call.receivers.items()
        for channel in receiver.channels
    )
    for steps, shape in parts:
        for key in type(shape).model_fields:
            value = getattr(shape, key)
            if isinstance(value, Reference):
                yield (*steps, key), value


def unresolved(
    on_call: OnCall, directory: Path, environ: Mapping[str, str], *, need_secrets: bool = True
) -> list[Problem]:
    """A problem for every secret that is not there; a warning where this may not be the machine that has it."""
    problems = []
    for steps, reference in secrets_of(on_call):
        try:
            resolve(reference, directory, environ)
        except UnresolvedError as error:
            severity = Severity.WARNING if error.waits and not need_secrets else Severity.ERROR
            problems.append(on_call.document.problem(steps, str(error), error.hint, severity))
    return problems
