"""Becomes another program that the kernel kills when its parent dies: no orphan outlives a killed demo.

Run as a script, before anything of ours is importable: `tether.py PARENT_PID PROGRAM [ARGUMENT …]`. It imports
nothing of ours and never returns. Source: prctl(2), PR_SET_PDEATHSIG.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def tie(parent: int) -> bool:
    """Ask the kernel for SIGKILL at the parent's death; False if the parent is gone already."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return os.getppid() == parent


def main() -> None:
    """Tie, then become the program; exit 127 if there is no such program, as a shell would."""
    parent, *argv = sys.argv[1:]
    if not tie(int(parent)):
        sys.exit("the process that asked for this one is gone")
    try:
        os.execvp(argv[0], argv)  # noqa: S606 - argv is the supervisor's own list, and no shell is wanted
    except OSError as error:
        sys.stderr.write(f"{argv[0]}: {error.strerror}\n")
        sys.exit(127)


if __name__ == "__main__":
    main()
