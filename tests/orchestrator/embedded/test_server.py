from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from orchestrator.config import Settings
from orchestrator.embedded import server
from orchestrator.embedded.postmaster import (
    Identity,
    is_our_postmaster,
    processes_in,
    recorded_postmaster,
    server_identity,
    unprivileged_identity,
)
from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from collections.abc import Iterator

START = (
    "import sys; from pathlib import Path; from orchestrator.config import Settings;"
    "from orchestrator.embedded import server;"
    "print(server.ensure_running(Settings(home=Path(sys.argv[1]))))"
)


@pytest.fixture
def home() -> Iterator[Path]:
    """A billing home with a short path, whose server ends with the test."""
    directory = Path(tempfile.mkdtemp(prefix="billing-"))
    yield directory / "home"
    for postgres in directory.rglob("postgres.log"):
        server.stop(Settings(home=postgres.parent))
        shutil.rmtree(server.socket_directory(Settings(home=postgres.parent)), ignore_errors=True)
    shutil.rmtree(directory)


def start(home: Path) -> psycopg.Connection:
    return psycopg.connect(server.ensure_running(Settings(home=home)), autocommit=True)


def value(connection: psycopg.Connection, query: str) -> object:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def postmaster(home: Path) -> int:
    recorded = recorded_postmaster(home / "postgres")
    assert recorded is not None
    return recorded.pid


def test_a_server_starts_on_demand_once_and_stops_once(home: Path) -> None:
    settings = Settings(home=home)
    assert not server.is_running(settings)
    assert not server.stop(settings)
    first = server.ensure_running(settings)
    pid = postmaster(home)
    assert server.ensure_running(settings) == first
    assert postmaster(home) == pid
    assert server.is_running(settings)
    assert server.stop(settings)
    assert not server.stop(settings)
    assert not server.is_running(settings)


def test_data_survive_a_restart(home: Path) -> None:
    with start(home) as connection:
        connection.execute("create table kept as select 42 as answer")
    server.stop(Settings(home=home))
    with start(home) as connection:
        assert value(connection, "select answer from kept") == 42


def test_the_database_is_unicode_in_utc_and_durable(home: Path) -> None:
    with start(home) as connection:
        assert value(connection, "select current_database()") == "billing"
        assert value(connection, "show server_encoding") == "UTF8"
        assert value(connection, "show timezone") == "UTC"
        assert value(connection, "select upper('żółw')") == "ŻÓŁW"
        assert value(connection, "show synchronous_commit") == "on"
        assert value(connection, "show fsync") == "on"
        assert value(connection, "show data_checksums") == "on"


def test_nobody_else_can_reach_the_server(home: Path) -> None:
    with start(home) as connection:
        assert value(connection, "show listen_addresses") == ""
    assert server.socket_directory(Settings(home=home)).stat().st_mode & 0o077 == 0
    assert (home / "postgres").stat().st_mode & 0o077 == 0
    assert home.stat().st_mode & 0o077 == 0


def test_variables_of_another_server_do_not_redirect_ours(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, elsewhere in {"PGPORT": "6543", "PGDATA": "/nowhere", "PGHOST": "/nowhere", "PGUSER": "x"}.items():
        monkeypatch.setenv(name, elsewhere)
    settings = Settings(home=home)
    server.ensure_running(settings)
    assert server.is_running(settings)


@pytest.mark.parametrize("name", ["with space", "it's, 100% & more", "sch\u00f6n"])
def test_any_path_will_do(home: Path, name: str) -> None:
    with start(home / name) as connection:
        assert value(connection, "select 1") == 1


def test_a_path_that_a_shell_would_rewrite_is_refused(home: Path) -> None:
    with pytest.raises(BillingError, match="has a character that PostgreSQL cannot take"):
        start(home / "$HOME")


def test_a_path_too_long_for_a_socket_gets_a_private_directory_elsewhere(home: Path) -> None:
    deep = home / ("a" * 60) / ("b" * 60)
    with start(deep) as connection:
        assert value(connection, "select 1") == 1
    directory = server.socket_directory(Settings(home=deep))
    assert not directory.is_relative_to(deep)
    assert directory.stat().st_mode & 0o077 == 0


def test_a_socket_directory_that_is_a_link_is_refused(home: Path, tmp_path: Path) -> None:
    home.mkdir()
    (home / "run").symlink_to(tmp_path)
    with pytest.raises(BillingError, match="is not a directory of yours"):
        start(home)


def test_homes_do_not_share_a_server(home: Path) -> None:
    with start(home / "one") as one, start(home / "two") as two:
        one.execute("create table here ()")
        assert value(two, "select to_regclass('here')") is None


def test_a_killed_postmaster_is_replaced_though_its_backends_still_compute(home: Path) -> None:
    busy = start(home)
    busy.execute("create table kept as select 42 as answer")
    orphan = busy.info.backend_pid
    busy.pgconn.send_query(b"select count(*) from generate_series(1, 1000000000000)")
    killed = postmaster(home)
    os.kill(killed, signal.SIGKILL)
    while is_our_postmaster(home / "postgres"):
        time.sleep(0.01)
    assert orphan in processes_in(home / "postgres")
    with start(home) as fresh:
        assert value(fresh, "select answer from kept") == 42
    assert postmaster(home) != killed
    assert orphan not in processes_in(home / "postgres")
    busy.close()


def test_a_pid_file_naming_somebody_else_is_forgotten(home: Path) -> None:
    start(home).close()
    pid_file = home / "postgres" / "postmaster.pid"
    left_over = pid_file.read_text().replace(str(postmaster(home)), str(os.getpid()), 1)
    server.stop(Settings(home=home))
    pid_file.write_text(left_over)
    assert not is_our_postmaster(home / "postgres")
    with start(home) as connection:
        assert value(connection, "select 1") == 1


def test_a_server_whose_socket_was_removed_is_restarted(home: Path) -> None:
    start(home).close()
    first = postmaster(home)
    shutil.rmtree(home / "run")
    with start(home) as connection:
        assert value(connection, "select 1") == 1
    assert postmaster(home) != first


def test_commands_that_start_one_home_at_once_share_one_server(home: Path) -> None:
    commands = [
        subprocess.Popen([sys.executable, "-c", START, home], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    answers = [command.communicate(timeout=60)[0].strip() for command in commands]
    assert [command.returncode for command in commands] == [0] * 4
    assert set(answers) == {server.address(Settings(home=home), "postgres")}


@pytest.mark.parametrize("seconds", [0.1, 0.3, 0.5, 0.7])
def test_a_starter_killed_at_any_moment_leaves_nothing_in_the_way(home: Path, seconds: float) -> None:
    with subprocess.Popen([sys.executable, "-c", START, home], stdout=subprocess.DEVNULL) as command:
        with suppress(subprocess.TimeoutExpired):
            command.wait(seconds)
        command.kill()
    with start(home) as connection:
        assert value(connection, "select current_database()") == "billing"


def test_the_server_outlives_the_command_that_started_it(home: Path) -> None:
    subprocess.run([sys.executable, "-c", START, home], check=True, stdout=subprocess.DEVNULL)
    assert server.is_running(Settings(home=home))
    assert os.getsid(postmaster(home)) != os.getsid(0)


def test_data_of_another_version_are_refused(home: Path) -> None:
    start(home).close()
    server.stop(Settings(home=home))
    (home / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(BillingError, match=r"made by PostgreSQL 14, but the programs here are \d+"):
        start(home)


def test_a_server_that_does_not_start_says_what_its_log_says(home: Path) -> None:
    start(home).close()
    server.stop(Settings(home=home))
    with (home / "postgres" / "postgresql.conf").open("a") as configuration:
        configuration.write("shared_buffers = lots\n")
    with pytest.raises(BillingError, match=r"did not start.*shared_buffers"):
        start(home)


def test_missing_programs_are_named(home: Path, tmp_path: Path) -> None:
    with pytest.raises(BillingError, match="does not hold PostgreSQL's server programs: initdb is missing"):
        server.ensure_running(Settings(home=home, postgres_bin=tmp_path))


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BillingError, match=r"The billing home .*/file/home cannot be used: Not a directory"):
        server.ensure_running(Settings(home=tmp_path / "file" / "home"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as somebody else")
class TestAsRoot:
    def test_data_of_a_user_are_served_as_that_user(self, tmp_path: Path) -> None:
        data = tmp_path / "postgres"
        data.mkdir()
        os.chown(data, 65534, 65534)
        assert server_identity(tmp_path, data, tmp_path) == Identity(uid=65534, gid=65534)

    def test_without_namespaces_nobody_serves_a_home_it_can_reach(self, home: Path) -> None:
        home.mkdir(mode=0o700)
        home.parent.chmod(0o711)
        programs = Path("/usr/bin")
        assert unprivileged_identity(home, programs).uid == 65534
        assert home.stat().st_mode & 0o777 == 0o711

    def test_without_namespaces_no_other_directory_is_opened(self, home: Path) -> None:
        home.mkdir(mode=0o700)
        with pytest.raises(BillingError, match="the user nobody, who would run it instead, cannot reach"):
            unprivileged_identity(home, Path("/usr/bin"))
        assert home.parent.stat().st_mode & 0o777 == 0o700
