"""Asking the user in editors that have nothing but messages for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from homespun.core.patch import patch
from homespun.core.plan import ChangePlan
from homespun.engine.ports import Choice

if TYPE_CHECKING:
    from homespun.engine.refactor.task import Survey
    from homespun.lsp.server import Server

_APPLY, _SHOW, _DISCARD = "Apply", "Show the diff", "Discard"
_PATIENCE = 600.0
"""Seconds after which a question counts as not answered; some editors never show it."""
_SHORT = 1500
"""Characters of a diff that fit into a message."""
_RISKS_SHOWN = 5


class EditorReview:
    """The `Review` port by `window/showMessageRequest`; the diff is shown as a document.

    Editors that show plans themselves are asked nothing: there the user decides later.
    """

    def __init__(self, server: Server) -> None:
        self._server = server

    async def confirm(self, question: str, yes: str) -> bool:
        """Whether the user chose `yes`, the first answer; anything else is no."""
        return await self._ask(question, (yes, "No")) == yes

    async def pick(self, question: str, answers: tuple[str, ...]) -> str | None:
        """The answer that the user chose, None for none of them."""
        return await self._ask(question, answers)

    async def choose(self, plan: ChangePlan) -> Choice:
        """The plan as it is, or None to drop it; the diff can be looked at first."""
        if self._server.client.review:
            return "later"
        question = _question(plan)
        while (answer := await self._ask(question, (_APPLY, _SHOW, _DISCARD))) == _SHOW:
            await self._show(plan)
        return plan if answer == _APPLY else None

    async def survey(self, survey: Survey) -> Sequence[str] | None:
        """The URIs of the files that a refactor may work on."""
        from homespun.lsp.surveying import ask_files

        return await ask_files(self._server, self, survey)

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
        diff = _preamble(plan) + patch(plan)
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


def _preamble(plan: ChangePlan) -> str:
    """What to know of the diff, in lines that `git apply` and `patch` skip."""
    lines = [f"{plan.title}. {plan.summary}".strip()]
    lines += [f"Look at this: {risk}" for risk in plan.risks]
    lines += [f"Left out: {reason}" for reason in plan.reasons]
    return "".join(f"# {' '.join(line.split())}\n" for line in lines) + "\n"
