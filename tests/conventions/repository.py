"""The files of the repository, as the convention tests see them: tracked ones and new ones that are not ignored."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = {".pdf", ".png", ".gz", ".woff2", ".ttf", ".otf", ".ico", ".jpg"}


@cache
def files() -> tuple[str, ...]:
    listing = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    return tuple(name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file())


def texts() -> list[tuple[str, str]]:
    """Name and text of each file; bank statements may come in other encodings."""
    return [
        (name, (ROOT / name).read_text(encoding="utf-8", errors="replace"))
        for name in files()
        if Path(name).suffix not in BINARY
    ]
