from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.config import Settings
from orchestrator.errors import BillingError


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


@pytest.mark.parametrize("smtp_url", ["smtp://mail.example", "smtp://127.0.0.1:1025"])
def test_whoever_sends_mails_must_say_where_their_links_lead(smtp_url: str) -> None:
    with pytest.raises(BillingError, match="BILLING_PUBLIC_URL is not") as refused:
        Settings.to_deliver({"SMTP_URL": smtp_url, "BILLING_PUBLIC_URL": " "})
    assert refused.value.exit_code == 2
    given = {"SMTP_URL": smtp_url, "BILLING_PUBLIC_URL": "http://127.0.0.1:8000"}
    assert Settings.to_deliver(given) == Settings.from_environment(given)


def test_mails_that_become_files_may_name_this_machine() -> None:
    assert Settings.to_deliver({}).public_url == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "given",
    ["https://pay.example.com", "https://pay.example.com/", " http://127.0.0.1:8000 ", "http://[::1]:8000"],
)
def test_the_public_address_is_scheme_and_host(given: str) -> None:
    assert Settings.from_environment({"BILLING_PUBLIC_URL": given}).public_url == given.strip().rstrip("/")


@pytest.mark.parametrize(
    "wrong",
    [
        "pay.example.com",
        "//pay.example.com",
        "ftp://pay.example.com",
        "https://",
        "https:///i",
        "https://pay.example.com/billing",
        "https://pay.example.com?x=1",
        "https://pay.example.com#x",
        "https://user:secret@pay.example.com",
        "https://pay example.com",
        "https://pay.example.com:port",
        "https://zahlung.müller.example",
        "javascript:alert(1)",
    ],
)
def test_a_public_address_of_which_no_link_can_be_made_is_refused(wrong: str) -> None:
    with pytest.raises(BillingError, match=r"BILLING_PUBLIC_URL is .*Expected scheme and host"):
        Settings.from_environment({"BILLING_PUBLIC_URL": wrong})
