"""The processes of the embedded server: as whom they run, whether they live, and what a killed one leaves behind.

PostgreSQL refuses to run as root. Root therefore runs it in a user namespace where root is an ordinary user, which
needs no account and changes no file's owner; where namespaces are refused, as the user `nobody`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import BillingError

_NAMESPACE = ("--user", "--map-user=1000", "--map-group=1000")
_SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PROCESSES = Path("/proc")
_ORPHAN_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """As whom the server's programs run: a wrapping command, or another user, or (neither) ourselves."""

    wrapper: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    def give(self, path: Path) -> None:
        """Hand a file or directory of ours over to the server's user."""
        if self.uid is not None:
            os.chown(path, self.uid, -1 if self.gid is None else self.gid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What postmaster.pid says: the process, and whether it was ready for connections."""

    pid: int
    status: str


def run_program(
    identity: Identity, command: list[str], *, text: str = "", keep_open: tuple[int, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run a server program away from our terminal and without our PG* variables, which would redirect it."""
    return subprocess.run(  # noqa: S603 - programs of the installation, arguments of ours
        [*identity.wrapper, *command],
        check=False,
        input=text,
        capture_output=True,
        text=True,
        cwd="/",
        env={"PATH": _SEARCH_PATH, "LC_ALL": "C", "TZ": "UTC"},
        user=identity.uid,
        group=identity.gid,
        extra_groups=None if identity.uid is None else [],
        start_new_session=True,
        pass_fds=keep_open,
    )


def server_identity(home: Path, data: Path, programs: Path) -> Identity:
    """Choose as whom to run the server of a home; its data's owner stays who it is."""
    owner = data.stat() if data.exists() else None
    if os.geteuid() != 0:
        if owner is not None and owner.st_uid != os.geteuid():
            message = f"The billing home {home} belongs to another user. Set BILLING_HOME to a directory of yours."
            raise BillingError(message)
        return Identity()
    if owner is not None and owner.st_uid != 0:
        return Identity(uid=owner.st_uid, gid=owner.st_gid)
    return namespace_identity() or unprivileged_identity(home, programs)


def namespace_identity() -> Identity | None:
    """Return the identity of a user namespace, or None where the kernel or the container refuses one."""
    unshare = shutil.which("unshare", path=_SEARCH_PATH)
    if unshare is None:
        return None
    identity = Identity(wrapper=(unshare, *_NAMESPACE, "--"))
    return identity if run_program(identity, ["true"]).returncode == 0 else None


def unprivileged_identity(home: Path, programs: Path) -> Identity:
    """Return the user `nobody`, if it can reach the home and the programs without our opening any other directory."""
    refusal = "PostgreSQL refuses to run as root, and this machine allows no user namespaces"
    advice = "Run billing as an ordinary user, or keep both in directories that every user can enter."
    try:
        user = pwd.getpwnam("nobody")
    except KeyError as error:
        message = f"{refusal} and has no user nobody. Run billing as an ordinary user."
        raise BillingError(message) from error
    if (home / "postgres").exists():
        message = f"{refusal}, which is how the server in {home} was made. {advice}"
        raise BillingError(message)
    identity = Identity(uid=user.pw_uid, gid=user.pw_gid)
    if home.stat().st_uid == 0:
        home.chmod(home.stat().st_mode | 0o011)
    for needed in (home, programs):
        if run_program(identity, ["test", "-x", str(needed)]).returncode != 0:
            message = f"{refusal}; the user nobody, who would run it instead, cannot reach {needed}. {advice}"
            raise BillingError(message)
    return identity


def recorded_postmaster(data: Path) -> Recorded | None:
    """Read postmaster.pid, which may be absent, half written or left over."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        return Recorded(pid=int(lines[0]), status=lines[7].strip() if len(lines) > 7 else "")  # noqa: PLR2004
    except (OSError, ValueError, IndexError):
        return None


def is_our_postmaster(data: Path) -> bool:
    """Whether the recorded process lives and works in this data directory; process ids are used again."""
    recorded = recorded_postmaster(data)
    if recorded is None:
        return False
    if _PROCESSES.is_dir():
        return _works_in(recorded.pid, data)
    listing = subprocess.run(  # noqa: S603
        ["/bin/ps", "-p", str(recorded.pid), "-o", "comm="], check=False, capture_output=True, text=True
    )
    return "postgres" in listing.stdout


def clear_remains(data: Path, socket_directory: Path) -> None:
    """After a postmaster was killed: end its orphaned backends, then forget a pid file that names somebody else.

    The order matters: postmaster.pid also names the shared memory that orphans may still use, so it must stay until
    none is left. Where processes cannot be listed PostgreSQL's own checks are all there is, and nothing is removed.
    """
    if not _PROCESSES.is_dir():
        return
    deadline = time.monotonic() + _ORPHAN_SECONDS
    while orphans := processes_in(data):
        late = time.monotonic() > deadline
        for pid in orphans:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if late else signal.SIGQUIT)
        time.sleep(0.05)
    for left_over in (data / "postmaster.pid", *socket_directory.glob(".s.PGSQL.*")):
        left_over.unlink(missing_ok=True)


def processes_in(data: Path) -> list[int]:
    """List the PostgreSQL processes of a data directory, whoever is their parent."""
    numbers = (int(entry.name) for entry in _PROCESSES.iterdir() if entry.name.isdigit())
    return [pid for pid in numbers if _works_in(pid, data)]


def _works_in(pid: int, data: Path) -> bool:
    """Every PostgreSQL process works in its data directory; zombies work nowhere."""
    try:
        is_postgres = (_PROCESSES / str(pid) / "comm").read_text(encoding="utf-8").startswith("postgres")
        return is_postgres and (_PROCESSES / str(pid) / "cwd").readlink() == data.resolve()
    except OSError:
        return False
