"""Builds the compiled twin of the SNMP codec beside its source where a C compiler is at hand; else the package is pure.

Run by hatchling when a wheel or an editable install is built. Nothing needs it: without it polling costs more CPU.
"""

import os
import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path("collector/snmp/_speedups.c")
SWITCH = "CITYNOC_PURE_PYTHON"  # set to 1: do not compile


def compile_speedups(root: Path) -> Path | None:
    """The library's path, or None without a compiler, headers, or on another system than Linux."""
    compiler = shlex.split(os.environ.get("CC") or "cc")
    headers = Path(sysconfig.get_path("include"))
    if (
        os.environ.get(SWITCH) == "1"
        or shutil.which(compiler[0]) is None
        or not (headers / "Python.h").exists()
    ):
        return None
    library = root / SOURCE.with_name(f"_speedups{sysconfig.get_config_var('EXT_SUFFIX')}")
    fresh = library.with_suffix(f".{os.getpid()}.new")
    command = [
        *compiler,
        "-O2",
        "-fPIC",
        "-shared",
        "-Wall",
        f"-I{headers}",
        str(root / SOURCE),
        "-o",
        str(fresh),
    ]
    if subprocess.run(command, check=False).returncode:  # noqa: S603 the compiler that the builder chose
        fresh.unlink(missing_ok=True)
        return None
    fresh.replace(library)
    return library


class SpeedupsHook(BuildHookInterface[Any]):
    """Hatchling's way in."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 hatchling's signature
        """Compile, and say that the wheel is for this platform if that worked."""
        library = compile_speedups(Path(self.root))
        if library is not None:
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
            build_data["artifacts"].append(str(library.relative_to(self.root)))


if __name__ == "__main__":
    print(compile_speedups(Path(__file__).parent) or "no compiler: the pure codec is used")  # noqa: T201
