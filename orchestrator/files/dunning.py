"""Reads [dunning] of company.toml: the steps that follow an unpaid invoice, by how it is to be paid."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from orchestrator.errors import BillingError
from orchestrator.files.source import text_problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WAYS = ("soft", "hard", "transfer")
KEYS = ("day", "action", "letter", "task")


def dunning_steps(name: str, value: object) -> dict[str, list[dict[str, object]]]:
    """Return the steps as `billing.load_seller` wants them staged; `name` is the file in what is refused."""
    ways = _keys(name, "dunning", value, WAYS)
    return {way: [_step(name, way, step) for step in _list(name, way, steps)] for way, steps in ways.items()}


def dunning_lines(steps_by_way: Mapping[str, Sequence[Mapping[str, object]]]) -> Iterator[str]:
    """Write the steps as `dunning_steps` reads them."""
    yield "\n[dunning]\n"
    for way, steps in steps_by_way.items():
        yield f"{way} = [\n"
        for step in steps:
            pairs = (f"{key} = {json.dumps(step[key], ensure_ascii=False)}" for key in KEYS if key in step)
            yield f"    {{ {', '.join(pairs)} }},\n"
        yield "]\n"


def _keys(name: str, what: str, value: object, known: tuple[str, ...]) -> dict[str, object]:
    if not isinstance(value, dict):
        raise BillingError(f"{name}: {what}: {value!r}: expected {', '.join(known)}. Nothing was loaded.")
    for key in value:
        if key not in known:
            raise BillingError(f"{name}: {what}: {key!r}: expected {', '.join(known)}. Nothing was loaded.")
    return value


def _list(name: str, way: str, steps: object) -> list[object]:
    if not isinstance(steps, list):
        message = 'expected a list of steps such as { day = 3, action = "letter", letter = "reminder" }'
        raise BillingError(f"{name}: dunning.{way}: {steps!r}: {message}. Nothing was loaded.")
    return steps


def _step(name: str, way: str, step: object) -> dict[str, object]:
    fields = _keys(name, f"dunning.{way}", step, KEYS)
    for key, value in fields.items():
        is_right = isinstance(value, int) and not isinstance(value, bool) if key == "day" else isinstance(value, str)
        if not is_right:
            wanted = "a whole number, without quotation marks" if key == "day" else "a text"
            raise BillingError(f"{name}: dunning.{way}: {key} = {value!r}: expected {wanted}. Nothing was loaded.")
        if isinstance(value, str) and (problem := text_problem(value)):
            raise BillingError(f"{name}: dunning.{way}: {key}: expected {problem}. Nothing was loaded.")
    return fields
