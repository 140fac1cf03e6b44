from __future__ import annotations

import pytest

from orchestrator.bank.mt940_details import details_of


def test_a_repeated_subfield_loses_nothing() -> None:
    assert details_of(["166?00X?20INV-2026-02-0047?20and more"]).remittance == "INV-2026-02-0047 and more"


def test_a_question_mark_in_a_text_does_not_end_it() -> None:
    assert details_of(["166?00X?20INV-1?21paid?2026? why not"]).remittance == "INV-1 paid?2026? why not"


def test_a_subfield_mark_cut_by_the_line_is_whole_again() -> None:
    assert details_of(["166?00X?20INV-2026-02-0047?2", "1second?32Payer"]).remittance_lines == (
        "INV-2026-02-0047",
        "second",
    )


def test_text_before_the_first_keyword_is_kept() -> None:
    details = details_of(["166?00X?20A+B INV-1 ?21SVWZ+INV-2?22EREF+E-1"])
    assert (details.remittance, details.end_to_end_id) == ("A+B INV-1 INV-2", "E-1")


def test_a_name_beyond_one_subfield_is_whole_again() -> None:
    assert details_of(["166?00X?20x?32ABCDEFGHIJKLMNOPQRSTUVWXYZA?33BC GmbH"]).payer_name == (
        "ABCDEFGHIJKLMNOPQRSTUVWXYZABC GmbH"
    )


def test_an_account_number_that_is_no_iban_is_kept_as_it_is() -> None:
    assert details_of(["051?00X?20x?300700?310012345678"]).payer_iban == "0012345678"


@pytest.mark.parametrize(("code", "is_return"), [("108", True), ("109", True), ("159", True), ("166", False)])
def test_the_transaction_code_tells_a_return(code: str, is_return: bool) -> None:  # noqa: FBT001
    assert details_of([f"{code}?00X?20x?34992"]).is_return is is_return


def test_plain_text_is_the_remittance() -> None:
    details = details_of(["PAYMENT INV-2026-02-0047", "", "Acme Inc."])
    assert details.remittance == "PAYMENT INV-2026-02-0047 Acme Inc."
    assert details.remittance_lines == ("PAYMENT INV-2026-02-0047", "Acme Inc.")


def test_a_reference_cut_at_the_65th_character_is_whole_again() -> None:
    text = "x" * 56 + " INV-2026-02-0047"
    assert "INV-2026-02-0047" in details_of([text[:65], text[65:]]).remittance
    coded = "/NAME/" + "y" * 40 + "/REMI/xx INV/2026/02/0047 thanks"
    assert details_of([coded[:65], coded[65:]]).remittance == "xx INV/2026/02/0047 thanks"


def test_an_entry_without_details_has_no_text() -> None:
    assert details_of([]).remittance == ""
    assert details_of([""]).remittance_lines == ()
