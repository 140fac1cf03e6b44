"""Prices, periods, changes, discounts and commitments as other engines test them, through our own functions."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.pricing_cases import CASES, LEFT_OUT, LEFT_OUT_MODELS, Shop, cases, months_between, reason_left_out, total

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.given import Given

ONE = Decimal(1)


def expected(model: str, *names: str) -> dict[str, dict[str, Any]]:
    """What the cases of a model expect, by id; numbers as numbers."""
    return {
        case["id"]: {name: numbers(value) for name, value in case["expected"].items() if not names or name in names}
        for case in cases(model)
    }


def numbers(value: Any) -> Any:
    """Texts of numbers as numbers, wherever they are."""
    if isinstance(value, list):
        return [numbers(each) for each in value]
    return value if isinstance(value, bool) or (isinstance(value, str) and "-" in value[1:]) else Decimal(value)


def asked(found: Mapping[str, Mapping[str, Any]], model: str) -> dict[str, dict[str, Any]]:
    """Of what was found, what the cases ask for."""
    return {name: {key: found[name].get(key) for key in wanted} for name, wanted in expected(model).items()}


def test_every_case_runs_or_has_a_reason() -> None:
    ran = {case["id"] for case in CASES if reason_left_out(case) is None}
    kinds = Counter(case["model"] for case in CASES if case["id"] in ran)
    assert len(CASES) == 240
    assert kinds == {
        "change": 17,
        "commitment": 25,
        "cycles": 52,
        "differences": 7,
        "discount": 20,
        "fee": 15,
        "filtered": 3,
        "invoice": 3,
        "one_off": 2,
        "price_at": 21,
        "service_period": 20,
    }
    assert not kinds.keys() & LEFT_OUT_MODELS.keys()
    assert not ran & LEFT_OUT.keys()


def test_service_periods_are_counted_from_the_anchor(given: Given) -> None:
    found = {}
    for case in cases("service_period"):
        on = case["input"]["on"]
        row = given.connection.execute(
            "select period_start::text as start, period_end::text as end, period_end::text as next "
            "from billing.service_periods(%s, %s, %s, %s) where period_start <= %s and period_end > %s",
            (case["params"]["anchor"], case["params"]["months"], on, on, on, on),
        ).fetchone()
        assert row is not None, case["id"]
        found[case["id"]] = dict(zip(("start", "end", "next"), row, strict=True))
    assert asked(found, "service_period") == expected("service_period")


def test_fees_are_owed_by_days(given: Given) -> None:
    shop = Shop(given)
    customers = {
        case["id"]: shop.sold(case["params"]["unit"], case["input"]["phases"], case["input"]["period"])
        for case in cases("fee")
    }
    starts = {case["id"]: date.fromisoformat(case["input"]["period"][0]) for case in cases("fee")}
    owed = shop.owed()
    found = {
        name: {"owed": total(charge for charge in owed[customer] if charge.starts == starts[name])}
        for name, customer in customers.items()
    }
    assert found == expected("fee")


def test_a_change_is_the_difference_of_what_is_owed(given: Given) -> None:
    shop = Shop(given)
    parts = {}
    for case in cases("change"):
        unit, told = case["params"]["unit"], case["input"]
        new_unit, new_period = case["params"].get("new_unit", unit), told.get("new_period", told["period"])
        parts[case["id"]] = [
            shop.sold(unit, told["billed"], told["period"]) if told["billed"] else 0,
            shop.sold(unit, told["kept"], told["period"]) if told["kept"] else 0,
            shop.sold(new_unit, told["new"], new_period) if told.get("new") else 0,
        ]
    owed = shop.owed()
    found = {}
    for name, customers in parts.items():
        billed, kept, new = (total(owed.get(customer, [])) for customer in customers)
        found[name] = {"credit": kept - billed, "charge": new, "net": kept - billed + new}
    assert asked(found, "change") == expected("change")


def test_fees_in_advance_count_cycles_and_parts_of_them(given: Given) -> None:
    shop = Shop(given)
    customers = {}
    for case in cases("cycles"):
        told, months = case["input"], case["params"]["months"]
        plan = given.flat_plan("1000000000", interval_months=months, billed_in="advance")
        customers[case["id"]] = customer = shop.customer()
        given.subscription(
            customer, plan, code="S", starts=told["start"], ends=told["end"], anchor=case["params"]["anchor"]
        )
    owed = shop.owed(until="2012-12-31")
    found = {}
    for case in cases("cycles"):
        until = date.fromisoformat(case["input"]["target"])
        due = (charge for charge in owed[customers[case["id"]]] if charge.due <= until)
        found[case["id"]] = {"cycles": round(total(due) / 10**9, case["digits"])}
    rounded = {name: {"cycles": round(told["cycles"], 6)} for name, told in expected("cycles").items()}
    assert {case["digits"] for case in cases("cycles")} == {6}
    assert found == rounded


def test_the_price_of_a_period_is_the_one_of_its_first_day(given: Given) -> None:
    shop = Shop(given)
    customers = {}
    for case in cases("price_at"):
        starts, ends = map(date.fromisoformat, case["input"]["service_period"])
        who = {name: shop.customer() for name in ("A", "B", None)}
        plan = given.flat_plan(
            case["params"]["prices"][0]["unit"], interval_months=months_between(starts, ends), billed_in="advance"
        )
        for price in case["params"]["prices"]:
            owner = price.get("customer")
            given.price(
                plan,
                unit_amount=price["unit"],
                customer=who[owner] if owner else None,
                valid_from=price["valid_from"],
                valid_to=price["valid_to"] if owner else None,
            )
        customers[case["id"]] = customer = who[case["input"]["customer"]]
        given.subscription(
            customer,
            plan,
            code="S",
            starts=str(starts),
            ends=str(ends),
            anchor=str(starts),
            quantity=case["input"].get("quantity", 1),
        )
    owed = shop.owed()
    found = {name: {"amount": total(owed[customer])} for name, customer in customers.items()}
    assert found == expected("price_at")


def test_discounts_leave_what_others_leave(given: Given) -> None:
    shop = Shop(given)
    customers = {case["id"]: shop.invoiced(case) for case in cases("discount")}
    given.run("2026-02")
    found = {name: shop.outcome(customer) for name, customer in customers.items()}
    assert asked(found, "discount") == expected("discount")


def test_an_invoice_adds_up_in_the_order_of_others(given: Given) -> None:
    shop = Shop(given)
    customers = {case["id"]: shop.invoiced(case) for case in cases("invoice")}
    for month in ("2026-01", "2026-02"):
        given.run(month)
        given.deliver()
    found = {name: shop.outcome(customer) for name, customer in customers.items()}
    assert asked(found, "invoice") == expected("invoice")


def test_commitments_ask_for_what_is_missing(given: Given) -> None:
    shop = Shop(given)
    customers = {case["id"]: shop.committed(case) for case in cases("commitment")}
    owed = shop.owed()
    found = {}
    for name, customer in customers.items():
        of_kind = {kind: total(one for one in owed[customer] if one.kind == kind) for kind in ("minimum", "maximum")}
        found[name] = of_kind | {"amount": total(owed[customer])}
    assert asked(found, "commitment") == expected("commitment")


def test_one_off_charges_are_billed_as_they_are(given: Given) -> None:
    shop = Shop(given)
    customers = {case["id"]: shop.customer() for case in cases("one_off")}
    for case in cases("one_off"):
        charged = {"quantity": case["input"]["quantity"], "due": "2026-02-10"}
        given.charge_once(customers[case["id"]], case["params"]["unit"], **charged)
    owed = shop.owed()
    assert {name: {"amount": total(owed[customer])} for name, customer in customers.items()} == expected("one_off")


def test_usage_is_priced_by_the_cell_it_fits(given: Given) -> None:
    shop = Shop(given)
    customers = {case["id"]: shop.celled(case) for case in cases("filtered")}
    given.roll_up()
    owed = shop.owed()
    given.run("2026-02")
    parked = {account for account, _ in given.parked()}
    found = {
        name: {"amount": total(owed[customer]), "parked": shop.account(customer) in parked}
        for name, customer in customers.items()
    }
    assert asked(found, "filtered") == expected("filtered")


def test_later_invoices_bill_the_difference(given: Given) -> None:
    shop = Shop(given)
    customers = {case["id"]: shop.used(case) for case in cases("differences")}
    found: dict[str, dict[str, list[Decimal]]] = {name: {"differences": []} for name in customers}
    for place, month in enumerate(("2026-01", "2026-02", "2026-03")):
        for case in cases("differences"):
            shop.use_up_to(case, customers[case["id"]], place)
        given.run(month)
        for case in cases("differences"):
            if place < len(case["input"]["cumulative"]):
                billed = sum((line.amount for line in given.lines(customers[case["id"]], month)), Decimal(0))
                found[case["id"]]["differences"].append(billed)
    assert found == expected("differences")
