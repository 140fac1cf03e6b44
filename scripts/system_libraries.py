"""Checks for what pip cannot bring, before anything is installed: the libraries that WeasyPrint loads, and venv.

On Debian and Ubuntu what is missing is installed by apt-get where that is allowed without a password;
elsewhere one message names the packages. Standard library only: it runs before the virtual environment exists.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

LIBRARIES = {
    "pango": ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0"),
    "pangoft2": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0"),
    "harfbuzz": ("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0"),
    "fontconfig": ("libfontconfig.so.1", "libfontconfig.1.dylib", "fontconfig-1"),
    "glib": ("libgobject-2.0.so.0", "libgobject-2.0.dylib", "libgobject-2.0-0"),
}
"""What PDF rendering cannot do without: file names on Linux, macOS and Windows."""

SUBSET = ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0")
"""Without it fonts are subset in Python, which doubles the time of a page."""

VENV = "venv"

PACKAGES = {
    "debian": (
        "apt-get install",
        "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libfontconfig1 libglib2.0-0 libharfbuzz-subset0",
    ),
    "fedora": ("dnf install", "pango harfbuzz fontconfig glib2"),
    "alpine": ("apk add", "pango harfbuzz harfbuzz-subset fontconfig glib ttf-dejavu"),
    "arch": ("pacman -S", "pango harfbuzz fontconfig glib2 ttf-dejavu"),
    "suse": ("zypper install", "libpango-1_0-0 libharfbuzz0 libharfbuzz-subset0 fontconfig libgobject-2_0-0"),
    "macos": ("brew install", "pango"),
}
FAMILIES = {
    "debian": "debian",
    "ubuntu": "debian",
    "fedora": "fedora",
    "rhel": "fedora",
    "centos": "fedora",
    "alpine": "alpine",
    "arch": "arch",
    "suse": "suse",
    "opensuse": "suse",
}


def is_loadable(names: tuple[str, ...]) -> bool:
    """Ask the dynamic loader itself: package databases do not know about libraries built by hand."""
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def missing_parts() -> list[str]:
    """Return the short names of the required libraries that cannot be loaded, and `venv` where that is missing."""
    missing = [short for short, names in LIBRARIES.items() if not is_loadable(names)]
    if shutil.which("uv") is None and importlib.util.find_spec("ensurepip") is None:
        missing.append(VENV)
    return missing


def packages(family: str, missing: list[str]) -> str:
    """Name the packages to install; Debian keeps venv apart from Python."""
    names = PACKAGES[family][1]
    if family == "debian" and VENV in missing:
        names += f" python3.{sys.version_info.minor}-venv"
    return names


def system_family() -> str | None:
    """Name the packaging family of this system, or None where we have no package names for it."""
    if sys.platform == "darwin":
        return "macos"
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    fields = dict(line.split("=", 1) for line in lines if "=" in line)
    words = [fields.get("ID", ""), *fields.get("ID_LIKE", "").strip('"').split()]
    return next((FAMILIES[word.strip('"')] for word in words if word.strip('"') in FAMILIES), None)


def privilege() -> list[str] | None:
    """Return the prefix that makes a command run as root without asking, or None."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def apt_install(names: list[str]) -> bool:
    """Install Debian packages, refreshing the package lists only when the first try fails."""
    prefix = privilege()
    if prefix is None or shutil.which("apt-get") is None:
        return False
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]
    install = [*command, "install", "--no-install-recommends", "--no-upgrade", *names]

    def succeeds(arguments: list[str]) -> bool:
        return subprocess.run(arguments, stdout=subprocess.DEVNULL, check=False).returncode == 0

    return succeeds(install) or (succeeds([*command, "update"]) and succeeds(install))


def instruction(family: str | None, missing: list[str]) -> str:
    """Say what to install on this system."""
    if family is None:
        return "Install Pango (with pangoft2), HarfBuzz, Fontconfig and GLib with your system's package manager."
    return f"Install with:  {PACKAGES[family][0]} {packages(family, missing)}"


def main() -> int:
    """Return 0 when invoices can be rendered here, else 2 after naming what is missing."""
    missing = missing_parts()
    has_subset = is_loadable(SUBSET)
    if not missing and has_subset:
        return 0
    family = system_family()
    if family == "debian" and privilege() is not None:
        sys.stderr.write("Installing the system libraries that PDF rendering needs\n")
        names = packages(family, missing).split()
        if not apt_install(names):  # releases before the split have no package of the subset library
            apt_install([name for name in names if "subset" not in name])
        missing, has_subset = missing_parts(), is_loadable(SUBSET)
    if missing:
        sys.stderr.write(
            f"This machine lacks what billing needs: {', '.join(missing)}.\n{instruction(family, missing)}\n"
        )
        return 2
    if not has_subset:
        sys.stderr.write(
            "Hint: without the library harfbuzz-subset each invoice takes twice as long to render. "
            f"{instruction(family, missing)}\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
