"""The configuration as a commit has it: `git archive` into a folder that is gone afterwards.

Whatever the name looks like, git gets it as a name and never as an option. Source: git-rev-parse(1), git-archive(1).
"""

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from collector import atomic

SECONDS = 60
LARGEST = 512 * 1024 * 1024  # bytes
MOST_FILES = 100_000


class NoCommitError(Exception):
    """There is no such commit, or no repository; one sentence."""


@contextmanager
def checked_out(directory: Path, name: str) -> Iterator[Path]:
    """The directory as commit `name` (a branch, tag or hash) has it. Raises NoCommitError."""
    git = shutil.which("git")
    if git is None:
        raise NoCommitError("git is not installed here; give a directory instead")
    if not name or name.startswith("-") or not name.isprintable():
        raise NoCommitError(f"'{name[:60]}' is neither a directory nor a commit")
    try:
        top = os.fsdecode(_run(git, directory, "rev-parse", "--show-prefix")).strip("\n")
    except NoCommitError as why:
        raise NoCommitError(f"'{name}' is no directory, and {why}") from None
    commit = _commit(git, directory, name)
    with tempfile.TemporaryDirectory(prefix="citynoc-plan-") as folder:
        _extract(_archive(git, directory, commit, top), Path(folder))
        found = Path(folder) / top
        if not found.is_dir():
            raise NoCommitError(f"commit {name} has no {directory}")
        yield found


def _commit(git: str, directory: Path, name: str) -> str:
    try:
        said = _run(
            git, directory, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
        )
    except NoCommitError:
        hint = "a directory, a branch, a tag, a commit, or 'running'"
        raise NoCommitError(f"'{name}' is neither a directory nor a commit here; give {hint}") from None
    return said.decode().strip()


def _archive(git: str, directory: Path, commit: str, prefix: str) -> bytes:
    # From the top of the tree, so that paths in the archive do not depend on where the directory lies.
    top = Path(os.fsdecode(_run(git, directory, "rev-parse", "--show-toplevel")).rstrip("\n"))
    try:
        return _run(git, top, "archive", "--format=tar", commit, "--", prefix or ".")
    except NoCommitError:
        raise NoCommitError(f"commit {commit[:12]} has no {prefix or directory}") from None


def _run(git: str, directory: Path, *arguments: str) -> bytes:
    command: Sequence[str] = (git, "-c", "core.fsmonitor=false", *arguments)
    environ = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603  # a list of words; the name of the commit cannot be an option
            command, cwd=directory, env=environ, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise NoCommitError(f"git gave no answer within {SECONDS} s") from None
    except OSError as error:
        raise NoCommitError(f"cannot run git in {directory}: {error.strerror}") from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ").partition("\n")[0]
        raise NoCommitError(_in_words(reason, directory))
    if len(done.stdout) > LARGEST:
        raise NoCommitError(f"the commit's files are larger than {LARGEST // 1024 // 1024} MiB")
    return done.stdout


def _in_words(reason: str, directory: Path) -> str:
    if "not a git repository" in reason:
        return f"{directory} is in no git repository"
    clean = "".join(sign if sign.isprintable() else "?" for sign in reason)
    return f"git in {directory}: {clean or 'failed'}"


def _extract(archive: bytes, folder: Path) -> None:
    """Files and folders, and links that stay inside; nothing else and nowhere else."""
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            links = []
            for number, member in enumerate(tar):
                if number >= MOST_FILES:
                    raise NoCommitError(f"the commit has more than {MOST_FILES} files here")
                link = _put(tar, member, folder)
                links += [] if link is None else [link]
            _tie(links, folder)
    except (tarfile.TarError, OSError) as error:
        raise NoCommitError(f"cannot unpack the commit: {error}") from None


def _put(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> tuple[Path, str] | None:
    """Put a file or folder in its place; a link is given back, with its aim."""
    path = Path(os.path.normpath(folder / member.name))
    if not path.is_relative_to(folder):
        raise NoCommitError(f"the commit has a file outside of itself: {member.name[:200]!r}")
    if member.isdir():
        path.mkdir(parents=True, exist_ok=True)
    elif member.issym():
        return path, member.linkname
    elif member.isfile() and (stream := tar.extractfile(member)) is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.replace(path, stream.read())
    return None


def _tie(links: Sequence[tuple[Path, str]], folder: Path) -> None:
    """Make the links, after everything else so that nothing is written through one; those that lead out go again."""
    for path, aim in links:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(aim)
    # A link through a link leads elsewhere than its text says: realpath asks the file system.
    real = os.path.realpath(folder)
    out = [path for path, _ in links if os.path.commonpath([real, os.path.realpath(path)]) != real]
    for path in out:
        path.unlink()
