"""Whom a command asks over SNMP: a device of the inventory, or any address with secrets from the environment."""

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from citynoc.settings import Endpoint
from collector.config import Configuration, load
from collector.config.problems import Problem, did_you_mean
from collector.config.profiles import load_profiles
from collector.model import (
    Credential,
    CredentialName,
    Device,
    DeviceName,
    DistrictCode,
    ProfileName,
    Role,
    Secret,
    SiteCode,
    SnmpAccess,
    SnmpV3User,
    SnmpVersion,
)
from collector.plan import Poll, Question
from collector.profile import Profile
from collector.snmp.errors import FaultKind
from collector.snmp.usm_keys import AUTHS, PRIVS

MISUSE = 2
_TIMEOUT = 2.0  # seconds; a person waits for one device


@dataclass(frozen=True, slots=True)
class Target:
    """One device and everything needed to ask it; `profiles` are all that are known."""

    device: Device
    access: SnmpAccess
    credential: Credential
    profiles: dict[ProfileName, Profile]

    def poll(self, question: Question = Question.POLL) -> Poll:
        """The question, as the scheduler would ask it."""
        return Poll(
            self.device,
            self.access,
            question,
            self.access.poll_interval,
            0.0,
            self.profiles[self.access.profile],
            self.credential,
        )


class WrongTargetError(Exception):
    """The command names nobody who can be asked; the text says why."""


def add_target(parser: argparse.ArgumentParser) -> None:
    """Declare the options that say whom to ask."""
    parser.add_argument("device", nargs="?", metavar="DEVICE", help="name of a device in the inventory")
    parser.add_argument(
        "--address", metavar="HOST:PORT", help="ask this agent instead, in the inventory or not"
    )
    parser.add_argument(
        "--community-env",
        metavar="NAME",
        help="environment variable that holds the community (for --address)",
    )
    parser.add_argument("--profile", metavar="P", help="ask as this kind of device (for --address: if-mib)")
    parser.add_argument(
        "--version",
        choices=[version.value for version in SnmpVersion],
        default="2c",
        help="SNMP version (for --address)",
    )
    parser.add_argument("--user", metavar="NAME", help="v3 user (for --address)")
    parser.add_argument("--auth", choices=list(AUTHS), help="v3 authentication protocol")
    parser.add_argument(
        "--auth-key-env", metavar="NAME", help="environment variable that holds its passphrase"
    )
    parser.add_argument("--priv", choices=list(PRIVS), help="v3 privacy protocol")
    parser.add_argument(
        "--priv-key-env", metavar="NAME", help="environment variable that holds its passphrase"
    )
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="wait so long for each answer")


def target_of(args: argparse.Namespace) -> Target:
    """Whom the arguments mean. Raises WrongTargetError, ConfigurationError."""
    if args.address is not None:
        return _by_address(args)
    if args.device is None:
        raise WrongTargetError("name a device, or give --address HOST:PORT and --community-env NAME")
    return _by_name(args, load(args.config, os.environ))


def profiles_of(config: Path) -> tuple[Mapping[ProfileName, Profile], tuple[Problem, ...]]:
    """The profiles of the configuration and what is wrong with some. Raises WrongTargetError where there are none."""
    found, problems = load_profiles(config / "profiles", config)
    if not found and not problems:
        raise WrongTargetError(f"there are no profiles in {config / 'profiles'}: say --config DIR")
    return found, problems


def waited(kind: str, detail: str, asked: int) -> str:
    """A failure's detail; of a silence with the number of questions, each of which waited as long as the detail says."""
    return f"{detail}; asked {asked} times" if kind == FaultKind.TIMEOUT and asked > 1 else detail


def say(message: str) -> int:
    """Tell a person what is wrong with the command; the exit code for it."""
    sys.stderr.write(f"citynoc: {message}\n")
    return MISUSE


def _by_name(args: argparse.Namespace, configuration: Configuration) -> Target:
    device = configuration.inventory.devices.get(args.device)
    if device is None:
        hint = did_you_mean(args.device, configuration.inventory.devices)
        raise WrongTargetError(
            f"there is no device {args.device!r} in {args.config}" + (f" ({hint})" if hint else "")
        )
    if device.snmp is None:
        raise WrongTargetError(f"device {args.device!r} is not asked over SNMP")
    profiles = dict(configuration.profiles)
    access = _with_options(device.snmp, args, profiles)
    return Target(device, access, configuration.inventory.credentials[access.credential], profiles)


def _by_address(args: argparse.Namespace) -> Target:
    credential = _given_credential(args)
    try:
        endpoint = Endpoint.parse(args.address)
        address = ip_address(endpoint.host)
    except ValueError as wrong:
        raise WrongTargetError(f"--address {args.address}: {wrong}") from None
    profiles = dict(profiles_of(args.config)[0])
    access = _with_options(
        SnmpAccess(endpoint.port, ProfileName("if-mib"), credential.name, 5.0, 30.0, _TIMEOUT), args, profiles
    )
    name = DeviceName(args.device or "device")
    device = Device(name, SiteCode("none"), DistrictCode("none"), Role.ROUTER, address, snmp=access)
    return Target(device, access, credential, profiles)


def _given_credential(args: argparse.Namespace) -> Credential:
    version = SnmpVersion(args.version)
    name = CredentialName("given")
    if version is not SnmpVersion.V3:
        return Credential(
            name, version, _from_environment(args.community_env, "--community-env", "community")
        )
    if not args.user:
        raise WrongTargetError("version 3 wants --user NAME")
    if args.priv and not args.auth:
        raise WrongTargetError("--priv needs --auth: privacy without authentication does not exist")
    auth = priv = None
    if args.auth:
        auth = _from_environment(args.auth_key_env, "--auth-key-env", "authentication passphrase")
    if args.priv:
        priv = _from_environment(args.priv_key_env, "--priv-key-env", "privacy passphrase")
    return Credential(name, version, v3=SnmpV3User(args.user, args.auth, auth, args.priv, priv))


def _from_environment(variable: str | None, option: str, what: str) -> Secret:
    value = os.environ.get(variable or "")
    if not value:
        raise WrongTargetError(f"give {option} NAME, and the {what} in that environment variable")
    return Secret(value)


def _with_options(
    access: SnmpAccess, args: argparse.Namespace, profiles: dict[ProfileName, Profile]
) -> SnmpAccess:
    profile = ProfileName(args.profile) if args.profile else access.profile
    if profile not in profiles:
        raise WrongTargetError(f"there is no profile {profile!r}; known: {', '.join(sorted(profiles))}")
    if args.timeout is not None and not 0 < args.timeout <= 60:  # noqa: PLR2004 a minute is for a person's patience
        raise WrongTargetError("--timeout is between 0 and 60 seconds")
    return SnmpAccess(
        access.port,
        profile,
        access.credential,
        access.liveness_interval,
        access.poll_interval,
        args.timeout or access.timeout,
    )
