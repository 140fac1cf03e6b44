"""Form-encoded parameters, read by the shapes that the `stripe` package gives them.

The package types every parameter of every call (`stripe.params`). Reading requests by those types keeps the sandbox
honest in the other direction: a parameter that Stripe does not know, or a value it would refuse, is refused here too.
"""

from __future__ import annotations

import functools
import sys
import types
import typing
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from urllib.parse import parse_qsl

import stripe

from stripe_sandbox.refusal import Refusal, invalid

if typing.TYPE_CHECKING:
    from stripe_sandbox.refusal import JsonObject

Raw = str | dict[str, Any]
_UNSET = ""
_OPTIONS = frozenset(stripe.RequestOptions.__annotations__)
_PARAMETERS_AT_MOST = 1000


def read(text: str, shape: type) -> JsonObject:
    """Turn a body or a query string into the parameters that the shape describes."""
    raw: dict[str, Any] = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_PARAMETERS_AT_MOST)
    except ValueError:
        raise invalid(f"A request has at most {_PARAMETERS_AT_MOST} parameters.") from None
    for name, value in pairs:
        _nest(raw, name, value)
    return _typed_mapping(raw, shape, "")


def _nest(tree: dict[str, Any], name: str, value: str) -> None:
    """Place `a[b][0]` into a tree; `a[]` takes the next free place."""
    head, *rest = name.replace("]", "").split("[")
    for part in rest:
        branch = tree.setdefault(head, {})
        if not isinstance(branch, dict):
            raise invalid(f"Invalid parameter: {name}", head)
        tree, head = branch, part or str(len(branch))
    if isinstance(tree.get(head), dict):
        raise invalid(f"Invalid parameter: {name}", head)
    tree[head] = value


def _typed_mapping(raw: dict[str, Any], shape: type, path: str) -> JsonObject:
    fields = _fields(shape)
    for name in raw:
        if name not in fields:
            raise invalid(f"Received unknown parameter: {_at(path, name)}", _at(path, name), code="parameter_unknown")
    for name in sorted(_required(shape) - _OPTIONS):
        if name not in raw:
            raise invalid(f"Missing required param: {_at(path, name)}.", _at(path, name), code="parameter_missing")
    return {name: _typed(value, fields[name], _at(path, name)) for name, value in raw.items()}


def _at(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _required(shape: type) -> frozenset[str]:
    keys: frozenset[str] = getattr(shape, "__required_keys__", frozenset())
    return keys


@functools.cache
def _fields(shape: type) -> dict[str, Any]:
    """Resolve the annotations of a parameter class, which are partly text."""
    names = vars(sys.modules[shape.__module__])
    annotations = {name: value for name, value in shape.__annotations__.items() if name not in _OPTIONS}
    return {name: _resolved(value, names) for name, value in annotations.items()}


def _resolved(annotation: Any, names: dict[str, Any]) -> Any:  # noqa: ANN401 - annotations are of any type
    if isinstance(annotation, typing.ForwardRef):
        return _resolved(eval(annotation.__forward_arg__, names), names)  # noqa: S307 - text of the installed package
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if getattr(origin, "_name", None) == "NotRequired":
        return _resolved(arguments[0], names)
    if origin in (list, typing.Union, types.UnionType):
        parts = tuple(_resolved(argument, names) for argument in arguments)
        return list[parts[0]] if origin is list else typing.Union[parts]  # type: ignore[valid-type] # noqa: UP007
    return annotation


def _typed(raw: Raw, annotation: Any, path: str) -> Any:  # noqa: ANN401 - whatever the parameter is
    is_union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    options = typing.get_args(annotation) if is_union else (annotation,)
    literals = {
        value for option in options if typing.get_origin(option) is Literal for value in typing.get_args(option)
    }
    if isinstance(raw, dict):
        return _typed_branch(raw, options, path)
    if raw == _UNSET and str not in options and _UNSET not in literals:
        raise invalid(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter; "
            f"however '{path}' cannot be unset.",
            path,
            code="parameter_invalid_empty",
        )
    if raw in literals:
        return raw or None
    return _typed_leaf(raw, options, literals - {_UNSET}, path)


def _typed_branch(raw: dict[str, Any], options: tuple[Any, ...], path: str) -> Any:  # noqa: ANN401 - list or mapping
    for option in options:
        origin = typing.get_origin(option)
        if origin is list:
            (item,) = typing.get_args(option)
            return [_typed(raw[place], item, _at(path, place)) for place in sorted(raw, key=_place)]
        if origin is dict:
            return {name: str(value) for name, value in raw.items()}
        if typing.is_typeddict(option) or hasattr(option, "__required_keys__"):
            return _typed_mapping(raw, option, path)
    raise invalid(f"Invalid string: {path}", path)


def _place(text: str) -> int:
    return int(text) if text.isdigit() else sys.maxsize


def _typed_leaf(raw: str, options: tuple[Any, ...], literals: set[str], path: str) -> Any:  # noqa: ANN401 - a scalar
    if bool in options and raw in {"true", "false"}:
        return raw == "true"
    if int in options:
        return _number(raw, path)
    if float in options or Decimal in options:
        return _decimal(raw, path)
    if literals:
        *others, last = sorted(literals)
        allowed = f"one of {', '.join(others)}, or {last}" if others else last
        raise invalid(f"Invalid {path}: must be {allowed}", path)
    if bool in options:
        raise invalid(f"Invalid boolean: {raw}", path)
    if str in options:
        return raw
    raise invalid(f"Invalid object: {path}", path)


def _number(raw: str, path: str) -> int:
    digits = raw.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise invalid(f"Invalid integer: {raw}", path, code="parameter_invalid_integer")
    return int(raw)


def _decimal(raw: str, path: str) -> Decimal:
    try:
        return Decimal(raw)
    except InvalidOperation:
        raise invalid(f"Invalid decimal: {raw}", path) from None


def refuse_unsupported(params: JsonObject, supported: frozenset[str]) -> None:
    """Refuse what Stripe knows and the sandbox does not: silently ignoring it would be a lie."""
    for name in params:
        if name not in supported:
            raise Refusal(f"The sandbox does not support the parameter '{name}'.", param=name, stored=False)
