"""The API under /v1: key, faults, parameters, idempotency, and then the endpoint, in Stripe's order."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import stripe
from starlette.responses import Response

from stripe_sandbox import form
from stripe_sandbox.endpoint import Call
from stripe_sandbox.expansion import expanded
from stripe_sandbox.idempotency import Answer, IdempotencyStore, in_use
from stripe_sandbox.lost_answers import Dropped, Unanswered
from stripe_sandbox.refusal import Refusal
from stripe_sandbox.resources import ENDPOINTS

if TYPE_CHECKING:
    from starlette.requests import Request

    from stripe_sandbox.account import Account
    from stripe_sandbox.endpoint import Endpoint
    from stripe_sandbox.faults import FaultKind, Faults
    from stripe_sandbox.refusal import JsonObject

_PATTERNS = tuple(
    (endpoint, re.compile(re.escape(endpoint.path).replace(r"\{id\}", "(?P<id>[^/]+)"))) for endpoint in ENDPOINTS
)
_LOST: dict[FaultKind, type[Response]] = {
    "timeout_before": Unanswered,
    "timeout_after": Unanswered,
    "reset_before": Dropped,
    "reset_after": Dropped,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A request that has been read."""

    endpoint: Endpoint
    call: Call
    expand: list[str]
    request_id: str
    idempotency_key: str | None
    parameters: str


@dataclass(slots=True, kw_only=True)
class Api:
    """Answers requests of one account."""

    account: Account
    api_key: str
    faults: Faults
    idempotency: IdempotencyStore = field(init=False)

    def __post_init__(self) -> None:
        """The store lives by the sandbox's clock."""
        self.idempotency = IdempotencyStore(self.account.clock)

    async def answer(self, request: Request) -> Response:
        """Serve one request."""
        request_id = f"req_{secrets.token_hex(7)}"
        try:
            self._refuse_strangers(request)
            failure, milliseconds = self.faults.take(request.method, request.url.path)
            wanted = await self._read(request, request_id)
            _refuse_before(failure, wanted)
            return await self._serve(wanted, failure, milliseconds)
        except Refusal as refusal:
            return _response(_refused(refusal, request_id), {})

    def _refuse_strangers(self, request: Request) -> None:
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                credentials = base64.b64decode(credentials, validate=True).decode().partition(":")[0]
            except (binascii.Error, UnicodeDecodeError):
                credentials = ""
        if not secrets.compare_digest(credentials.encode(), self.api_key.encode()):
            raise Refusal(f"Invalid API Key provided: {credentials[:8]}***", status=401, stored=False)

    async def _read(self, request: Request, request_id: str) -> _Wanted:
        method, path = request.method, request.url.path
        for endpoint, pattern in _PATTERNS:
            match = pattern.fullmatch(path)
            if match and endpoint.method == method:
                break
        else:
            raise Refusal(f"Unrecognized request URL ({method}: {path}).", status=404, stored=False)
        text = (await request.body()).decode(errors="replace") if method == "POST" else request.url.query
        params = form.read(text, endpoint.shape)
        form.refuse_unsupported(params, endpoint.known)
        expand = params.pop("expand", [])
        key = request.headers.get("idempotency-key") if method == "POST" else None
        call = Call(account=self.account, path=path, params=params, id=match.groupdict().get("id", ""))
        return _Wanted(
            endpoint=endpoint,
            call=call,
            expand=expand,
            request_id=request_id,
            idempotency_key=key,
            parameters=json.dumps([params, expand], sort_keys=True, default=str),
        )

    async def _serve(self, wanted: _Wanted, failure: FaultKind | None, milliseconds: int) -> Response:
        """Run the endpoint once; what the caller hears of it is another matter."""
        key = wanted.idempotency_key
        headers = {"Idempotency-Key": key} if key else {}
        saved = None
        if key is not None:
            with self.account.lock:
                saved = self.idempotency.begin(key, wanted.call.path, wanted.parameters)
        try:
            await asyncio.sleep(milliseconds / 1000)
            if failure in {"timeout_before", "reset_before"}:
                return _LOST[failure]()
            if saved is None:
                answer = self._run(wanted, failure)
            else:
                answer, headers = saved, headers | {"Idempotent-Replayed": "true"}
        finally:
            if key is not None:
                with self.account.lock:
                    self.idempotency.forget(key)
        return _LOST[failure]() if failure in _LOST else _response(answer, headers)

    def _run(self, wanted: _Wanted, failure: FaultKind | None) -> Answer:
        """Do the work and save its result in one step, under the lock."""
        account, key = self.account, wanted.idempotency_key
        with account.lock:
            account.origin.request_id, account.origin.idempotency_key = wanted.request_id, key
            account.catch_up()
            stored = True
            try:
                if failure == "error_before":
                    raise _broken()
                thing = wanted.endpoint.serve(wanted.call)
                answer = _answer(200, expanded(account, thing, wanted.expand), wanted.request_id)
                if failure == "error_after":
                    raise _broken()
            except Refusal as refusal:
                answer, stored = _refused(refusal, wanted.request_id), refusal.stored
            finally:
                account.origin.request_id = account.origin.idempotency_key = None
            if key is not None and stored:
                self.idempotency.finish(key, answer)
            return answer


def _refuse_before(failure: FaultKind | None, wanted: _Wanted) -> None:
    if failure == "conflict":
        raise in_use(wanted.idempotency_key or "")
    if failure == "rate_limit":
        raise Refusal(
            "Request rate limit exceeded. Learn more about rate limits in the documentation.",
            status=429,
            code="rate_limit",
            stored=False,
        )


def _broken() -> Refusal:
    return Refusal("An unknown error occurred", status=500, kind="api_error")


def _refused(refusal: Refusal, request_id: str) -> Answer:
    return _answer(refusal.status, refusal.body(), request_id)


def _answer(status: int, body: JsonObject, request_id: str) -> Answer:
    return Answer(status=status, body=json.dumps(body, indent=2).encode(), request_id=request_id)


def _response(answer: Answer, headers: dict[str, str]) -> Response:
    replay = {"Original-Request": answer.request_id} if "Idempotent-Replayed" in headers else {}
    # A saved 500 would only be replayed, so Stripe tells its library to leave it at that.
    final = {"Stripe-Should-Retry": "false"} if answer.status >= 500 and "Idempotency-Key" in headers else {}  # noqa: PLR2004
    common = {"Request-Id": answer.request_id, "Stripe-Version": stripe.api_version}
    return Response(
        answer.body, answer.status, headers=common | headers | replay | final, media_type="application/json"
    )
