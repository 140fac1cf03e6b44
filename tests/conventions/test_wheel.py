"""What `pip install` of the wheel brings is what a checkout has."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from orchestrator.resources import FOLDERS
from tests.conventions.repository import ROOT, files

if TYPE_CHECKING:
    from pathlib import Path


PACKAGES = ("orchestrator", "stripe_sandbox")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked wheel, as an installer would leave it."""
    directory = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", directory],
        check=True,
        capture_output=True,
        cwd=ROOT,
    )
    (wheel,) = directory.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(directory / "site")
    return directory / "site"


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_wheel_carries_every_file_of_the_folder(installed: Path, folder: str) -> None:
    carried = installed / "orchestrator" / "_data"
    found = {path.relative_to(carried).as_posix() for path in (carried / folder).rglob("*") if path.is_file()}
    assert found == {name for name in files() if name.startswith(f"{folder}/")}
    assert found


def test_the_wheel_carries_the_whole_package_and_nothing_else(installed: Path) -> None:
    package = {path.relative_to(installed).as_posix() for name in PACKAGES for path in (installed / name).rglob("*.*")}
    modules = {name for name in package if not name.startswith("orchestrator/_data/")}
    assert modules == {name for name in files() if name.split("/")[0] in PACKAGES}
    assert {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")} == {*PACKAGES}


def test_an_installed_wheel_finds_its_folders(installed: Path, tmp_path: Path) -> None:
    program = "from orchestrator import resources; print(*map(resources.folder, resources.FOLDERS), sep='\\n')"
    found = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert found.stdout.split() == [str(installed / "orchestrator" / "_data" / folder) for folder in FOLDERS]
