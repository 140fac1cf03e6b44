"""What a release needs is kept at hand between releases."""

from __future__ import annotations

import re

from scripts.release_check import version
from tests.conventions.repository import ROOT


def test_dbt_and_the_package_are_of_one_version() -> None:
    project = (ROOT / "dbt_billing" / "dbt_project.yml").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.*)$", project, re.MULTILINE) == [version()]


def test_the_changelog_begins_with_what_comes_or_came_last() -> None:
    newest, *earlier = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert version() in ({newest} if newest != "Unreleased" else set(earlier[:1]))


def test_every_release_but_the_first_left_a_database() -> None:
    released = re.findall(r"^## (\d\S*)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    dumps = {path.name.removesuffix(".sql.gz") for path in (ROOT / "tests" / "upgrades").glob("*.sql.gz")}
    assert dumps == set(released) - {"0.1.0"}
