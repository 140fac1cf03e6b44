"""The same controls over HTTP, under /_sandbox, for people with curl and for other processes; same key as the API."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse
from starlette.routing import Route

from stripe_sandbox.faults import Fault
from stripe_sandbox.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from stripe_sandbox.refusal import JsonObject
    from stripe_sandbox.sandbox import Sandbox

_SECONDS_DOWN_AT_MOST = 300


class Control:
    """Translates requests to the sandbox's methods."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._tasks: set[asyncio.Task[None]] = set()

    def routes(self) -> list[Route]:
        """Return what can be asked for."""
        handlers: dict[tuple[str, str], Callable[[JsonObject], Any]] = {
            ("GET", ""): self._state,
            ("POST", "/now"): self._set_now,
            ("POST", "/faults"): self._add_fault,
            ("DELETE", "/faults"): self._clear_faults,
            ("POST", "/cards"): self._set_card,
            ("POST", "/portal"): self._replace_card,
            ("POST", "/disputes"): self._open_dispute,
            ("POST", "/disputes/close"): self._close_dispute,
            ("POST", "/webhooks"): self._webhooks,
            ("POST", "/down"): self._go_down,
            ("POST", "/smtp"): self._smtp,
            ("GET", "/mails"): self._mails,
        }
        return [
            Route(f"/_sandbox{path}", self._guarded(handler), methods=[method])
            for (method, path), handler in handlers.items()
        ]

    def _guarded(self, handler: Callable[[JsonObject], Any]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            wanted = f"Bearer {self._sandbox.api_key}"
            if not secrets.compare_digest(request.headers.get("authorization", "").encode(), wanted.encode()):
                return JSONResponse({"error": "the sandbox's API key is needed, as a bearer token"}, 401)
            try:
                result = handler(json.loads(await request.body() or b"{}"))
            except KeyError as error:
                return JSONResponse({"error": f"the field {error} is missing"}, 400)
            except (ValueError, TypeError, Refusal) as error:
                return JSONResponse({"error": str(error)}, 400)
            return JSONResponse({} if result is None else result)

        return answer

    def _state(self, _: JsonObject) -> JsonObject:
        sandbox = self._sandbox
        return {
            "now": sandbox.account.clock.now().isoformat(),
            "stripe_url": sandbox.stripe_url,
            "smtp_url": sandbox.smtp_url,
            "faults": [asdict(fault) for fault in sandbox.faults.planned()],
            "deliveries": [asdict(delivery) for delivery in sandbox.webhooks.deliveries],
            "mails": len(sandbox.mail.mails),
        }

    def _set_now(self, wanted: JsonObject) -> None:
        self._sandbox.set_now(_moment(wanted["now"]))

    def _add_fault(self, wanted: JsonObject) -> None:
        self._sandbox.faults.add(Fault(**wanted))

    def _clear_faults(self, _: JsonObject) -> None:
        self._sandbox.faults.clear()

    def _set_card(self, wanted: JsonObject) -> None:
        self._sandbox.set_card(wanted["customer"], wanted["card"], on=_moment(wanted.get("on")))

    def _replace_card(self, wanted: JsonObject) -> None:
        self._sandbox.replace_card(wanted["customer"], wanted["card"], on=_moment(wanted.get("on")))

    def _open_dispute(self, wanted: JsonObject) -> JsonObject:
        return self._sandbox.open_dispute(wanted["charge"], reason=wanted.get("reason", "fraudulent"))

    def _close_dispute(self, wanted: JsonObject) -> JsonObject:
        if wanted["verdict"] not in {"won", "lost"}:
            raise ValueError("a verdict is won or lost")
        return self._sandbox.close_dispute(wanted["dispute"], wanted["verdict"])

    def _webhooks(self, wanted: JsonObject) -> None:
        webhooks = self._sandbox.webhooks
        match wanted["action"]:
            case "hold":
                webhooks.hold()
            case "release":
                webhooks.release(reorder=bool(wanted.get("reorder")))
            case "duplicate":
                webhooks.duplicate(int(wanted.get("copies", 2)))
            case "drop":
                webhooks.drop(int(wanted.get("events", 1)))
            case "redeliver":
                webhooks.redeliver(wanted["event"])
            case other:
                raise ValueError(f"no action is named {other!r}")

    def _go_down(self, wanted: JsonObject) -> None:
        """Answer first, then refuse connections for a while."""
        seconds = min(int(wanted["seconds"]), _SECONDS_DOWN_AT_MOST)
        task = asyncio.get_running_loop().create_task(self._sandbox.pause(seconds))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _smtp(self, wanted: JsonObject) -> None:
        faults = self._sandbox.mail.faults
        unknown = set(wanted) - {field.name for field in fields(faults)}
        if unknown:
            raise ValueError(f"no fault of mail is named {min(unknown)!r}")
        if "rejected" in wanted:
            wanted["rejected"] = set(wanted["rejected"])
        self._sandbox.mail.faults = replace(faults, **wanted)

    def _mails(self, _: JsonObject) -> list[JsonObject]:
        return [
            {"from": mail.sender, "to": list(mail.recipients), "subject": str(mail.message["Subject"])}
            for mail in self._sandbox.mail.mails
        ]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
