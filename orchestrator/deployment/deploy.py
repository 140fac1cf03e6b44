"""Brings a database to the state that the files describe: migrations, then the code of sql/, then the dbt views.

Migrations are versioned and run once. The files of sql/ are declared: all of them run at each deployment, in one
transaction, so that the database has all of the new code or all of the old; what no file declares any more is dropped
once the views no longer use it. What somebody else changed is put back by the blueprint, before, because it may be in
the way of the files, and after. What was deployed is remembered as a fingerprint of the files, which makes
`ensure_deployed` cheap enough for every command.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from orchestrator import resources, session_settings
from orchestrator.deployment.blueprint.comparison import differences
from orchestrator.deployment.blueprint.description import read
from orchestrator.deployment.blueprint.mending import mend
from orchestrator.deployment.database_access import close_to_public, remarks
from orchestrator.deployment.declared_code import declare, drop_orphans
from orchestrator.deployment.fingerprints import fingerprints, remember, stale_parts
from orchestrator.deployment.lock import deployment_lock
from orchestrator.deployment.membership import end_idle_readers, let_owner_work, refuse_strangers
from orchestrator.deployment.removed_views import drop_removed, set_removed_aside
from orchestrator.deployment.set_aside import set_views_aside
from orchestrator.embedded import server
from orchestrator.errors import BillingError, OutsideSystemError, sentences, translate_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from urllib.parse import SplitResult

    from orchestrator.config import Settings
    from orchestrator.deployment.blueprint.comparison import Difference

    Folder = Callable[[str], Path]
    """Finds migrations, sql and dbt_billing."""

OWNER = "billing_owner"
ROLES = (OWNER, "billing_ingest", "billing_worker", "billing_analyst", "billing_reader")

_SECRETS = {"user", "password", "options", "passfile", "service", "sslcert", "sslkey", "sslpassword"}
"""What belongs to the user of DATABASE_URL alone."""
_SUPPORTED = range(15, 19)


def connection_url(settings: Settings, role: str | None = None) -> str:
    """Return the connection string for a role: by default the owner's, or DATABASE_URL as it stands."""
    if role is not None and role not in ROLES:
        message = f"There is no role {role}. The roles are {', '.join(ROLES)}."
        raise BillingError(message)
    if settings.database_url is None:
        return server.address(settings, role or OWNER)
    return settings.database_url if role is None else _with_role(settings.database_url, role)


def shown_url(settings: Settings, role: str | None = None) -> str:
    """Return the connection string to hand out: for a role never the password of DATABASE_URL, whose user is more."""
    if role is None or settings.database_url is None:
        return connection_url(settings, role)
    url = connection_url(settings, role)
    if "://" not in url:
        kept = {name: str(value) for name, value in _parsed(url).items() if name not in _SECRETS}
        return make_conninfo("", **{**kept, "user": role})
    parts = urlsplit(url)
    others = [(name, value) for name, value in parse_qsl(parts.query) if name not in _SECRETS]
    return _joined(parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}"), others)


def _with_role(url: str, role: str) -> str:
    """Let the session begin as the role; libpq wants %20 for a space, not a plus sign."""
    options = f"{_parsed(url).get('options') or ''} -c role={role}".strip()
    if "://" not in url:
        return make_conninfo(url, options=options)
    parts = urlsplit(url)
    others = [(name, value) for name, value in parse_qsl(parts.query) if name != "options"]
    return _joined(parts, [*others, ("options", options)])


def _joined(parts: SplitResult, query: list[tuple[str, str]]) -> str:
    """Put a URL together again; urllib would leave the slashes out where there is no host."""
    question = "?" if query else ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}{question}{urlencode(query, quote_via=quote)}"


def deploy(settings: Settings, *, with_dbt: bool = True, folder: Folder = resources.folder) -> list[str]:
    """Deploy everything, whether or not something changed; two at once wait for each other and work once.

    Returns what a person should know of it.
    """
    return _deploy(settings, folder, with_dbt=with_dbt, only_if_stale=False)


def ensure_deployed(
    settings: Settings, *, with_dbt: bool = True, folder: Folder = resources.folder, role: str | None = None
) -> list[str]:
    """Deploy only if the files differ from what the database remembers: a few milliseconds if they do not.

    With a role, a user who may not take it on is refused. Returns what a person should know of the deployment.
    """
    with _opened(admin_url(settings), name="start") as connection:
        is_current = not stale_parts(connection, fingerprints(connection, folder, with_dbt=with_dbt))
        if is_current and role is not None and not settings.is_embedded:
            refuse_strangers(connection, [role], deploys=False)
    return [] if is_current else _deploy(settings, folder, with_dbt=with_dbt, only_if_stale=True)


def settle_access(settings: Settings) -> list[str]:
    """Close the database to everybody who has no business in it, and say what a person should know of who gets in."""
    with _opened(admin_url(settings), name="access") as connection:
        close_to_public(connection, roles=ROLES, are_logins=settings.is_embedded, was_in_use=True)
        return [] if settings.is_embedded else remarks(connection, ROLES)


def differing(settings: Settings, *, folder: Folder = resources.folder) -> list[Difference]:
    """Compare the database with the blueprint."""
    with _opened(admin_url(settings), name="compare") as connection:
        return [each for each in differences(connection, read(folder)) if each.is_change]


def admin_url(settings: Settings) -> str:
    """Return the address of whoever deploys, starting the embedded server where there is one."""
    if settings.database_url is None:
        return server.ensure_running(settings)
    _parsed(settings.database_url)
    return settings.database_url


def _parsed(url: str) -> Mapping[str, object]:
    """Read the parts; libpq's own message would repeat the password."""
    try:
        return conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        message = "DATABASE_URL is not a connection string such as postgresql://billing_owner@db.example/billing."
        raise BillingError(message) from None


def _deploy(settings: Settings, folder: Folder, *, with_dbt: bool, only_if_stale: bool) -> list[str]:
    url = admin_url(settings)
    with _opened(url, name="deploy") as connection:
        _refuse_unsupported(connection)
        refuse_strangers(connection, ROLES, deploys=True)
        wanted = fingerprints(connection, folder, with_dbt=with_dbt)
        with deployment_lock(url) as waited:
            if (waited or only_if_stale) and not stale_parts(connection, wanted):
                return []
            connection.execute("set client_min_messages = warning")
            connection.execute("set lock_timeout = '1min'")
            was_in_use = _is_in_use(connection)
            _apply_migrations(url, folder("migrations"), lambda: set_views_aside(connection))
            let_owner_work(connection)
            end_idle_readers(connection)
            close_to_public(connection, roles=ROLES, are_logins=settings.is_embedded, was_in_use=was_in_use)
            blueprint = read(folder)
            mend(connection, blueprint)
            with connection.transaction():
                orphans = declare(connection, folder("sql"))
                remember(connection, "code", wanted["code"])
            said = []
            if "views" in wanted:
                said = _build_views(connection, settings, url, folder("dbt_billing"))
                remember(connection, "views", wanted["views"])
            drop_orphans(connection, orphans)
            mend(connection, blueprint)
            return said


@contextmanager
def _opened(url: str, *, name: str) -> Iterator[psycopg.Connection]:
    """Open the first connection of a command: whoever is not let in has done nothing yet."""
    try:
        opened = psycopg.connect(url, autocommit=True, application_name=f"billing-{name}")
    except psycopg.Error as error:
        message = f"The database did not answer as expected. {sentences(error)} Nothing was done."
        raise OutsideSystemError(message) from error
    with translate_errors(), opened as connection:
        session_settings.settle(connection)
        yield connection


def _is_in_use(connection: psycopg.Connection) -> bool:
    """Whether this is a database of an earlier deployment, and not one that is being made."""
    found = connection.execute("select to_regclass('deployment.migrations') is not null").fetchone()
    return found == (True,)


def _refuse_unsupported(connection: psycopg.Connection) -> None:
    version = connection.info.server_version // 10_000
    if version not in _SUPPORTED:
        message = f"This is PostgreSQL {version}; billing works with {_SUPPORTED.start} to {_SUPPORTED.stop - 1}."
        raise BillingError(message)


def _apply_migrations(url: str, directory: Path, make_way: Callable[[], None]) -> None:
    from orchestrator.deployment.migrations import apply_migrations  # noqa: PLC0415 - yoyo is needed only here, and slow

    apply_migrations(url, directory, make_way)


def _build_views(connection: psycopg.Connection, settings: Settings, url: str, project: Path) -> list[str]:
    from orchestrator.deployment.dbt_views import build_views  # noqa: PLC0415 - only here, see there

    if not (project / "dbt_project.yml").is_file():
        return []
    if settings.is_embedded:
        url = connection_url(settings, OWNER)
    set_removed_aside(connection, project)
    made = build_views(project, url=url, role=OWNER, working_directory=settings.home / "dbt")
    return drop_removed(connection, made)
