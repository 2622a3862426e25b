"""`homespun/chat`: the user's model for other plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homespun.lsp.dispatch import Endpoint
from homespun.lsp.markdown import without_images

if TYPE_CHECKING:
    from homespun.lsp.chat_methods import ChatParams, ChatResult
    from homespun.lsp.jobs import Job
    from homespun.lsp.server import Server

_SHORT = 2000
"""Characters of an answer that fit into a message."""


async def chat(ls: Server, job: Job, params: ChatParams) -> ChatResult:
    """Put the messages to the model. What it says is for a program, so it is left as it is."""
    from homespun.lsp.chats import chat_result, chat_task
    from homespun.lsp.results import answered

    engine = await ls.engine()
    job.events.leave_text()
    result = chat_result(await engine.chat(chat_task(params), job.events, job.review))
    job.events.result(answered(result.answered_by, result.usage))
    return result


async def tell_chat(ls: Server, result: ChatResult) -> None:
    """Show what was said: as a document, or its beginning in a message."""
    text = without_images(result.text)
    if not await ls.show_page("chat.md", text):
        ls.say(text[:_SHORT])


CHAT = Endpoint("homespun/chat", "Homespun: chat", False, chat, tell_chat)
