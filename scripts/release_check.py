"""`make release-check`: what a release needs is there; prints its notes, for the tag."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def version() -> str:
    """Return the version that pyproject.toml names."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def notes(name: str) -> str | None:
    """Return what the changelog says of a version, dated, and first of all."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    _, newest, text, *_ = re.split(r"^## (.*)\n", changelog, flags=re.MULTILINE)
    return text.strip() if re.fullmatch(rf"{re.escape(name)} \(\d{{4}}-\d\d-\d\d\)", newest) else None


def git(*arguments: str) -> str:
    """Return what git prints."""
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True, cwd=ROOT).stdout.strip()


def lacking(name: str) -> list[str]:
    """Say what is missing, a sentence each."""
    dbt = (ROOT / "dbt_billing" / "dbt_project.yml").read_text(encoding="utf-8")
    asked = {
        f"dbt_billing/dbt_project.yml is not of version {name}.": f"\nversion: {name}\n" in dbt,
        f"CHANGELOG.md does not begin with '## {name} (date)'.": notes(name) is not None,
        f"tests/upgrades/{name}.sql.gz is not there: make release-dump.": (
            ROOT / "tests" / "upgrades" / f"{name}.sql.gz"
        ).is_file(),
        "Something is not committed.": not git("status", "--porcelain"),
        f"The tag v{name} is there already.": not git("tag", "--list", f"v{name}"),
    }
    return [sentence for sentence, holds in asked.items() if not holds]


def main() -> int:
    """Check, and print the notes."""
    name = version()
    missing = lacking(name)
    if missing:
        sys.stderr.write("\n".join(missing) + "\n")
        return 1
    sys.stdout.write(f"pgbilling {name}\n\n{notes(name)}\n")
    sys.stderr.write(f"Once `make test` is green: git tag -a v{name} -F <these notes>\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
