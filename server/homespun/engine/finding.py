"""Where no model is set: a server that runs on this machine, used once the user has agreed.

The user is asked once, and the choice is written to the user's own settings file.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence

from homespun.config.profiles import Profile, Profiles
from homespun.config.schema import Settings
from homespun.engine.machine import first_model, memory
from homespun.engine.ports import Review
from homespun.errors import NoModel
from homespun.providers.discovery import Found, looked_for
from homespun.providers.kinds import KINDS

Discover = Callable[[], Awaitable[Sequence[Found]]]

_NO_CHAT = re.compile(r"embed|rerank|whisper|tts|bge-|clip|stable-diffusion", re.IGNORECASE)
_FOR_CODE = re.compile(r"cod(er|e|estral)|devstral|starcoder", re.IGNORECASE)


class Finding:
    """Finds a model to offer, asks, and keeps what was agreed to."""

    def __init__(self, discover: Discover, profiles: Profiles) -> None:
        """`discover` looks around on this machine, in under a second."""
        self._discover = discover
        self._profiles = profiles
        self._declined: set[tuple[str, str]] = set()
        self._one_at_a_time = asyncio.Lock()
        self._found: Sequence[Found] = ()

    async def agreed(self, settings: Callable[[], Settings], review: Review) -> bool:
        """Whether a model is set now: just agreed to, or by another job that asked before.

        Raises what keeping the choice raises.
        """
        async with self._one_at_a_time:
            if settings().model:
                return True
            self._found = await self._discover()
            for server in self._found:
                model = best(server.models)
                if model and (server.base_url, model) not in self._declined:
                    return await self._ask(server, model, settings(), review)
        return False

    def nothing(self) -> NoModel:
        """What to tell where no model is set and none was agreed to."""
        if offered := next((one for one in self._found if best(one.models)), None):
            model = best(offered.models)
            return NoModel(
                f"No model is set. {_title(offered)} runs at {offered.base_url}.",
                f"To use it: homespun model add local --type {offered.kind}"
                f" --endpoint {offered.base_url} --model {model} --use",
            )
        first = first_model(memory())
        return NoModel(
            "No model is set, and no model server was found on this machine.",
            f"Looked for {looked_for()}. Start one; with Ollama, a first model that fits this"
            f" machine is `ollama pull {first.name}` ({first.download:g} GB)."
            " Or name yours: `homespun model add`.",
        )

    async def _ask(self, server: Found, model: str, settings: Settings, review: Review) -> bool:
        question = (
            f"No model is set. Use {model} of {_title(server)} at {server.base_url}?"
            f" It is kept in {self._profiles.file}."
        )
        if not await review.confirm(question, "Use it"):
            self._declined.add((server.base_url, model))
            return False
        await asyncio.to_thread(self._keep, server, model, settings)
        return True

    def _keep(self, server: Found, model: str, settings: Settings) -> None:
        """Name it in the settings, with a profile where its address is not the usual one."""
        usual = KINDS[server.kind].addresses[:1]
        if usual == (server.base_url,) and server.kind not in settings.providers:
            self._profiles.use(f"{server.kind}/{model}")
            return
        name = _free_name(server, settings)
        profile = Profile(name, server.kind, server.base_url, models=(model,))
        self._profiles.add([profile], f"{name}/{model}")


def best(models: Sequence[str]) -> str:
    """The model to offer: the first made for code, else the first that chats; "" for none."""
    chatting = [model for model in models if not _NO_CHAT.search(model)]
    return next((model for model in chatting if _FOR_CODE.search(model)), next(iter(chatting), ""))


def _title(server: Found) -> str:
    return KINDS[server.kind].title


def _free_name(server: Found, settings: Settings) -> str:
    """A name for the profile that is no other's: `llamacpp`, `llamacpp2`, ..."""
    stem = "local" if server.kind == "openai_compatible" else server.kind
    names = [stem, *(f"{stem}{number}" for number in range(2, len(settings.providers) + 3))]
    return next(name for name in names if name not in settings.providers)
