"""Asking the user in editors that have nothing but messages for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from homespun.core.diff import unified
from homespun.core.plan import ChangePlan, FileChange

if TYPE_CHECKING:
    from homespun.lsp.server import Server

_APPLY, _SHOW, _DISCARD = "Apply", "Show the diff", "Discard"
_PATIENCE = 600.0
"""Seconds after which a question counts as not answered; some editors never show it."""
_SHORT = 1500
"""Characters of a diff that fit into a message."""
_RISKS_SHOWN = 5


class EditorReview:
    """The `Review` port by `window/showMessageRequest`; the diff is shown as a document."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def confirm(self, question: str, yes: str) -> bool:
        """Whether the user chose `yes`, the first answer; anything else is no."""
        return await self._ask(question, (yes, "No")) == yes

    async def pick(self, question: str, answers: tuple[str, ...]) -> str | None:
        """The answer that the user chose, None for none of them."""
        return await self._ask(question, answers)

    async def choose(self, plan: ChangePlan) -> ChangePlan | None:
        """The plan as it is, or None to drop it; the diff can be looked at first."""
        question = _question(plan)
        while (answer := await self._ask(question, (_APPLY, _SHOW, _DISCARD))) == _SHOW:
            await self._show(plan)
        return plan if answer == _APPLY else None

    async def _ask(self, question: str, answers: tuple[str, ...]) -> str | None:
        params = types.ShowMessageRequestParams(
            types.MessageType.Warning, question, [types.MessageActionItem(a) for a in answers]
        )
        try:
            async with asyncio.timeout(_PATIENCE):
                item = await self._server.window_show_message_request_async(params)
        except (JsonRpcException, TimeoutError):
            return None
        return None if item is None else item.title

    async def _show(self, plan: ChangePlan) -> None:
        diff = "".join(_diff(file) for file in plan.offered)
        if not await self._server.show_page("change.diff", diff):
            rest = "\n(cut short)" if len(diff) > _SHORT else ""
            self._server.say(diff[:_SHORT] + rest)


def _question(plan: ChangePlan) -> str:
    files = plan.offered
    names = ", ".join(file.path for file in files[:3]) + (", ..." if len(files) > 3 else "")
    lines = [f"Homespun: {plan.title}. {plan.summary}".strip(), f"Changes {names}."]
    lines += plan.risks[:_RISKS_SHOWN]
    if len(plan.risks) > _RISKS_SHOWN:
        lines.append(f"... and {len(plan.risks) - _RISKS_SHOWN} more to look at.")
    lines += [f"Left out: {reason}" for reason in plan.reasons[:_RISKS_SHOWN]]
    return "\n".join(lines)


def _diff(file: FileChange) -> str:
    if file.action == "rename":
        return f"rename {file.path} to {file.new_path}\n"
    return unified(file.before or "", file.after, file.path)
