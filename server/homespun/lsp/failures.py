"""Errors on their way to the editor: the one place that gives them their JSON-RPC shape."""

from __future__ import annotations

import logging
import traceback

from lsprotocol.types import LSPErrorCodes, ResponseError
from pygls.exceptions import JsonRpcException

from homespun.errors import HomespunError

_log = logging.getLogger(__name__)
_INTERNAL = -32603
_HINT = "Homespun's log (its standard error) names the place; please report it."


def response_error(error: BaseException) -> ResponseError:
    """`error` as the answer to a request: a message for people, `data` with code and hint.

    A failure on purpose is LSP's RequestFailed. Any other is our own fault: it is logged, without
    its message, which could hold the user's text, and answered without traceback or paths.
    """
    if isinstance(error, HomespunError):
        data = {"code": error.code, "hint": error.hint}
        return ResponseError(int(LSPErrorCodes.RequestFailed), error.message, data)
    if isinstance(error, JsonRpcException):
        return ResponseError(error.code, error.message)
    report(error)
    data = {"code": "internal", "hint": _HINT}
    return ResponseError(_INTERNAL, _own_fault(error), data)


def message_for_people(error: BaseException) -> str:
    """`error` as one message, with the next step, for an editor's message area."""
    if isinstance(error, HomespunError):
        return f"Homespun: {error.message} {error.hint}".rstrip()
    if isinstance(error, JsonRpcException):
        return f"Homespun: {error.message}"
    report(error)
    return f"Homespun: {_own_fault(error)} {_HINT}"


def report(error: BaseException) -> None:
    """Log where `error` arose: our own lines of code, never what it says."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s, at:\n%s", type(error).__name__, frames)


def _own_fault(error: BaseException) -> str:
    return f"A fault within Homespun itself ({type(error).__name__}) stopped this."
