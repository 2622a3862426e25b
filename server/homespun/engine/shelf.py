"""The user's models: which there are, which serves, and changing that without a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from homespun.config.profiles import Profiles
from homespun.config.schema import CloudSettings, Settings
from homespun.engine.finding import Discover, Finding
from homespun.engine.health import Health, Listed
from homespun.engine.outside import Configuration, Models
from homespun.engine.ports import Check, Review
from homespun.engine.roster import Roster
from homespun.engine.switching import Switched, probe
from homespun.engine.trial import Connect, Trial
from homespun.errors import ConsentNeeded, InputError, NoModel
from homespun.providers import ollama_models
from homespun.providers.base import Endpoint
from homespun.providers.capabilities import Capabilities
from homespun.providers.http import Http
from homespun.providers.kinds import kind
from homespun.providers.ollama_models import Pulling


@dataclass(frozen=True, slots=True)
class Reach:
    """What the shelf needs of the outside.

    `connect` makes a provider that learns into the capabilities it is given. `may_pull`: whether
    the environment allows downloads everywhere (`LOCAL_LLM_ENABLE_PULL`).
    """

    http: Http
    capabilities: Capabilities
    profiles: Profiles
    discover: Discover
    connect: Connect
    may_pull: bool = False


class Shelf:
    """All that is done with models beside asking them."""

    def __init__(self, configuration: Configuration, models: Models, reach: Reach) -> None:
        """Nothing is read or sent before it is needed."""
        self._configuration = configuration
        self._models = models
        self._reach = reach
        self._finding = Finding(reach.discover, reach.profiles)
        self.roster = Roster(configuration, reach.profiles)
        self.health = Health(configuration, models, reach.http, reach.discover)

    async def endpoint(self, choice: str | None, review: Review) -> Endpoint:
        """The endpoint that serves: what is named, what is found and agreed to, the cloud's.

        Raises `NoModel` that says what was looked for, `ConsentNeeded`, and `BadSetting`.
        """
        settings = self._configuration.settings()
        try:
            return await self._chosen(
                settings.model_copy(update={"cloud": CloudSettings()}), choice
            )
        except NoModel:
            pass
        if await self._finding.agreed(self._configuration.settings, review):
            return await self._chosen(self._configuration.settings(), None)
        try:
            return await self._chosen(settings, choice)
        except ConsentNeeded:
            raise
        except NoModel as error:
            raise self._finding.nothing() from error

    async def listed(self) -> Sequence[Listed]:
        """Every provider of the settings, the one that serves, and what else runs here."""
        return await self.health.running()

    async def select(self, model: str, *, keep: bool) -> Switched:
        """Switch to `model` (`provider/model`, or a profile's name) if it answers one question.

        For this session; with `keep` in the user's settings file too. Raises `BadSetting` for
        what cannot be a model, and what writing the file raises.
        """
        endpoint = await self._chosen(self._configuration.settings(), model)
        switched = await probe(endpoint, self._models.connect)
        if switched.status != "kept":
            if keep:
                await asyncio.to_thread(self._reach.profiles.use, model)
            self._configuration.select(model)
        return switched

    async def trial(self, model: str | None) -> AsyncGenerator[Check, None]:
        """Put a model to the test, the one that serves where none is named; each step as it ends.

        Raises `NoModel`, `BadSetting`, and `InputError` for a route: its endpoints can be tested.
        """
        endpoint = await self._chosen(self._configuration.settings(), model)
        if endpoint.route:
            raise InputError(
                f"{endpoint.name!r} is a route, and each of its endpoints is a model of its own.",
                f"Test them one by one: {endpoint.model}.",
            )
        reach = self._reach
        trial = Trial(endpoint, reach.http, reach.capabilities, reach.connect)
        async with aclosing(trial.steps()) as checks:
            async for check in checks:
                yield check

    async def pull(self, model: str) -> AsyncGenerator[Pulling, None]:
        """Download a model to Ollama, telling how far it is; closing the generator stops it.

        Raises `InputError` where the user has not allowed it, and what `ollama_models` raises.
        """
        endpoint = await self._ollama(model)
        async with aclosing(ollama_models.pull(self._reach.http, endpoint)) as progresses:
            async for progress in progresses:
                yield progress

    async def delete(self, model: str) -> str:
        """Delete a model from Ollama; its name. Raises `InputError` where it may not be done."""
        endpoint = await self._ollama(model)
        await ollama_models.delete(self._reach.http, endpoint)
        return f"{endpoint.name}/{endpoint.model}"

    async def _chosen(self, settings: Settings, choice: str | None) -> Endpoint:
        """In a thread: a key may come from a program, or from a keyring that asks the user."""
        return await asyncio.to_thread(self._models.choose, settings, choice)

    async def _ollama(self, model: str) -> Endpoint:
        """The endpoint of a model of Ollama's, where the user allows changes to its models."""
        settings = self._configuration.settings()
        provider, _, name = model.partition("/")
        is_named = name and (provider in settings.providers or provider == "ollama")
        endpoint = await self._chosen(settings, model if is_named else f"ollama/{model}")
        if kind(endpoint.kind).id != "ollama":
            raise InputError(
                f"{endpoint.name} is no Ollama, so its models cannot be managed from here.",
                "Use that server's own way to load and delete models.",
            )
        own = settings.providers.get(endpoint.name)
        if not (self._reach.may_pull or (own and own.allow_pull)):
            raise InputError(
                f"Downloading and deleting models is not allowed for {endpoint.name!r}.",
                f"Set allow_pull = true under [providers.{endpoint.name}] in your settings file.",
            )
        return endpoint


def told(progress: Pulling) -> str:
    """How far a download is, for people, in steps of one percent."""
    if not progress.total:
        return progress.status
    percent = 100 * progress.completed // progress.total
    return f"{progress.status}, {percent} % of {progress.total / 1e9:.1f} GB"
