"""`citynoc dashboards build|check`: writes the Grafana dashboards, or says where the written ones differ from a build.

Needs grafana-foundation-sdk, which only those who build dashboards install; the service never imports it.
"""

import argparse
import sys
from pathlib import Path

HELP = "build or check the Grafana dashboards"
FOLDER = Path("deploy/grafana/dashboards")


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument(
        "action",
        choices=("build", "check"),
        help="build: write the files that changed; check: exit 1 if a file is not what a fresh build gives",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=FOLDER,
        metavar="DIR",
        help=f"folder of the dashboards, one folder a language in it (default: {FOLDER})",
    )


def run(args: argparse.Namespace) -> int:
    """0 if all is written or equal, 1 if a file differs, the SDK is missing or the folder cannot be used."""
    try:
        from dashboards import build  # noqa: PLC0415 - the SDK is a dependency of building, not of the service
    except ModuleNotFoundError as missing:
        if missing.name is None or not missing.name.startswith("grafana_foundation_sdk"):
            raise
        print(
            "building dashboards needs grafana-foundation-sdk: pip install 'citynoc[dev]', or -r requirements/dev.txt",
            file=sys.stderr,
        )
        return 1
    try:
        if args.action == "build":
            for path in build.write(args.output):
                print(path)
            return 0
        found = build.differences(args.output)
    except OSError as refused:
        print(f"{refused.filename or args.output}: {refused.strerror}", file=sys.stderr)
        return 1
    for sentence in found:
        print(sentence)
    if found:
        print("run 'citynoc dashboards build' and commit the result", file=sys.stderr)
    return 1 if found else 0
