from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.config import Settings


def test_nothing_set_means_embedded_in_the_working_directory() -> None:
    settings = Settings.from_environment({})
    assert settings.home == Path.cwd() / ".billing"
    assert settings.is_embedded
    assert settings.public_url == "http://127.0.0.1:8000"


def test_an_empty_variable_counts_as_not_set() -> None:
    settings = Settings.from_environment({"DATABASE_URL": "", "BILLING_HOME": " ", "STRIPE_API_KEY": ""})
    assert settings == Settings.from_environment({})


def test_every_variable_reaches_its_field() -> None:
    settings = Settings.from_environment(
        {
            "BILLING_HOME": "/srv/billing",
            "DATABASE_URL": "postgresql://db/billing",
            "BILLING_POSTGRES_BIN": "/opt/pg/bin",
            "BILLING_PUBLIC_URL": "https://billing.example.com/",
            "STRIPE_API_KEY": "sk_test_1",
            "STRIPE_API_BASE": "http://127.0.0.1:12111",
            "SMTP_URL": "smtp://127.0.0.1:1025",
        }
    )
    assert settings == Settings(
        home=Path("/srv/billing"),
        database_url="postgresql://db/billing",
        postgres_bin=Path("/opt/pg/bin"),
        public_url="https://billing.example.com",
        stripe_api_key="sk_test_1",
        stripe_api_base="http://127.0.0.1:12111",
        smtp_url="smtp://127.0.0.1:1025",
    )


@pytest.mark.parametrize("name", ["DATABASE_URL", "STRIPE_API_KEY", "SMTP_URL"])
def test_secrets_never_show_in_the_representation(name: str) -> None:
    assert "hunter2" not in repr(Settings.from_environment({name: "hunter2"}))
