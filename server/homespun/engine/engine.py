"""The use cases, one method each: what editors and the command line call."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from homespun.config.schema import Settings
from homespun.core.actions import PRESETS, Action
from homespun.core.checks.change import Parse, unread
from homespun.core.context import Count, Item, fit
from homespun.core.plan import ChangePlan
from homespun.core.prompt import Exchange
from homespun.core.text import Snapshot
from homespun.engine.apply import Applier
from homespun.engine.chat import ChatAnswer, ChatTask, chat
from homespun.engine.compose import Composer, Prompt, Wishes
from homespun.engine.consenting import agree
from homespun.engine.doctor import examine
from homespun.engine.edit import Answered, Editing
from homespun.engine.explain import explain
from homespun.engine.fitting import Fitting
from homespun.engine.formats import Forgetful, Formats, FormatsOf
from homespun.engine.gate import OutwardGate, Withholding
from homespun.engine.gather import Neighbours
from homespun.engine.keeping import Keeping
from homespun.engine.landing import Landing
from homespun.engine.ledger import Ledger, UsageBy, summed
from homespun.engine.memory import Memories
from homespun.engine.meter import Meter
from homespun.engine.nearness import Near, Nearness
from homespun.engine.outside import Configuration, Models
from homespun.engine.paths import Paths
from homespun.engine.place import Placer
from homespun.engine.ports import (
    Check,
    EditTask,
    Events,
    Explanation,
    HistoryDetails,
    HistoryEntry,
    Outcome,
    Place,
    Review,
    Spent,
    UsageSum,
    Workspace,
)
from homespun.engine.preview import Preview, preview
from homespun.engine.propose import Asking, Proposer
from homespun.engine.reading import Reading
from homespun.engine.reapply import read_again, scene_of
from homespun.engine.records import backward
from homespun.engine.refactor.estimate import Speed, speed_of
from homespun.engine.refactor.means import Means
from homespun.engine.refactor.refactors import Refactors
from homespun.engine.refactor.way import Way
from homespun.engine.reviewing import Reviews
from homespun.engine.scene import Scene, set_scene
from homespun.engine.search import Index, Unknown
from homespun.engine.shelf import Reach, Shelf
from homespun.engine.tally import Tally
from homespun.engine.undo import take_back
from homespun.errors import KeepingFailed, NothingToDo
from homespun.journal.entry import Keeper, new_id
from homespun.providers.base import AnsweredBy, Endpoint, Provider
from homespun.security.consent import Consents

_DAY = 86_400
_MEASURED = 30
"""Days for which a model's speed is remembered."""
_NOTHING_KNOWN = Unknown()

_MOST_RULES = 4000
"""Tokens that the project's rules may take of each question of a refactor."""

_FORGETFUL = Forgetful()


@dataclass(frozen=True, slots=True)
class Asked:
    """One task's way to a model."""

    provider: Provider
    composer: Composer
    asking: Asking
    gate: OutwardGate


class Engine:
    """Asks models and lands their edits in one workspace."""

    def __init__(
        self,
        workspace: Workspace,
        paths: Paths,
        configuration: Configuration,
        models: Models,
        keeper: Keeper,
        withholding: Withholding,
        consents: Consents,
        parse: Parse = unread,
        formats: Formats = _FORGETFUL,
        *,
        reach: Reach,
        index: Index = _NOTHING_KNOWN,
        placeholder_key: Callable[[], bytes] = bytes,
        nearness: Nearness | None = None,
    ) -> None:
        """Everything is injected; nothing is opened or read before it is needed."""
        self.workspace = workspace
        self.index = index
        self.shelf = Shelf(configuration, models, reach)
        self._paths = paths
        self._configuration = configuration
        self._models = models
        self._keeping = Keeping(keeper, paths)
        self._withholding = withholding
        self._placeholder_key = placeholder_key
        self._consents = consents
        self._parse = parse
        self._formats = formats
        self._fitting = Fitting(workspace, paths)
        self._applier = Applier(workspace, self._fitting, self._keeping)
        self._landing = Landing(workspace, self._applier, self._keeping)
        self.reviews = Reviews(self._keeping, self._fitting, self._landing)
        self._gatherer = Neighbours(workspace, paths, lambda: configuration.settings().rules, index)
        self._meters: dict[AnsweredBy, Meter] = {}
        self._memories = Memories()
        self._nearness = nearness
        self.refactors = Refactors(self._means())

    async def edit(self, task: EditTask, events: Events, review: Review) -> Outcome:
        """Ask the model for the change and land it. A refused change is an `Outcome`, no error.

        Raises `HomespunError` where no whole reply came.
        """
        if not task.instruction.strip():
            raise NothingToDo("There is no instruction.", "Say what is to be changed.")
        events.stage("waiting")
        scene = await set_scene(self.workspace, self._paths, task)
        asked = await self._ask(task.place.uri, task.model, review)
        change_id = new_id()

        def read(prompt: Prompt) -> Reading:
            return self._reading(change_id, scene, prompt, asked.gate, events)

        formats = FormatsOf(self._formats, asked.asking.by)
        proposer = Proposer(asked.composer, asked.asking, read, formats.note)
        editing = self._editing()
        proposal = await editing.propose(change_id, scene, proposer, asked.asking.by, events)
        answered = Answered(asked.asking.by, proposal.spent)
        outcome = await editing.land(change_id, proposal.plan, task, answered, events, review)
        await self._tidy()
        events.stage("done")
        return outcome

    async def explain(
        self,
        place: Place,
        question: str,
        events: Events,
        review: Review,
        earlier: tuple[Exchange, ...] = (),
    ) -> Explanation:
        """Explain a place; the words go to `events.text` as they come.

        `earlier` is what was asked and answered before: then `question` is a further one.
        """
        events.stage("waiting")
        task = EditTask(question, place, title="Explain", earlier=earlier)
        scene = await set_scene(self.workspace, self._paths, task)
        asked = await self._ask(place.uri, None, review)
        explanation = await explain(scene, asked.composer, asked.asking, events)
        events.stage("done")
        return explanation

    async def context(self, task: EditTask, review: Review) -> Preview:
        """What `edit` would send for `task`, without asking the model.

        Its server may count the tokens, but not where the user would have to agree first.
        Raises as `edit` does where no prompt can be made.
        """
        scene = await set_scene(self.workspace, self._paths, task)
        endpoint = await self.shelf.endpoint(task.model, review)
        # Its server is shown nothing yet, not even to count it, where the user has not agreed.
        asked = self._way_to(endpoint, task.place.uri, may_send=not endpoint.needs_consent)
        prompt = await asked.composer.exact(await asked.composer.edit(scene))
        return preview(prompt, asked.provider, asked.gate)

    async def chat(self, task: ChatTask, events: Events, review: Review) -> ChatAnswer:
        """Put another plugin's messages to the model; its words go to `events.text`."""
        events.stage("waiting")
        asked = await self._ask("", task.model, review)
        answer = await chat(task, asked.composer, asked.asking, asked.gate, events)
        events.stage("done")
        return answer

    async def history(self, limit: int = 50) -> Sequence[HistoryEntry]:
        """The latest changes of this workspace, newest first."""
        return await self._keeping.history(self._folder(), limit)

    async def details(self, change_id: str) -> HistoryDetails:
        """One change with its patch. Raises `NothingToDo` where there is none of that id."""
        return await self._keeping.details(change_id)

    async def waiting(self) -> Sequence[ChangePlan]:
        """The plans that wait for a decision, with those that an editor now gone has left."""
        return await self.reviews.restored([folder.path for folder in self.workspace.folders()])

    async def usage(self, days: int, by: UsageBy) -> Sequence[UsageSum]:
        """What the requests of the last `days` took, summed, of all workspaces."""
        return summed(await self._keeping.usage_since(time.time() - days * _DAY), by)

    async def undo(self, change_id: str | None) -> Outcome:
        """Take back a change, the latest that stands where none is named.

        Where later edits are in its way it is `rejected`, with those as the outcome's `obstacle`.
        Raises `NothingToDo`.
        """
        entry = await self._keeping.undoable(change_id, self._folder())
        files = backward(entry.files, self._paths)
        plan = ChangePlan(entry.change_id, f"Undo: {entry.title}", "", files)
        return await take_back(plan, self._applier, self._fitting, self.workspace)

    async def reapply(self, change_id: str | None, events: Events, review: Review) -> Outcome:
        """Place a kept reply again and bring it into the text as it is now; no model is asked."""
        kept = await self._keeping.kept(change_id, self._folder())
        scene = scene_of(kept, self._paths)
        new_change = new_id()
        await self._keeping.begin(new_change, scene, kept.by)
        await self._keeping.answered(new_change, kept.replies, Spent())
        gate = OutwardGate(self._withholding, self._placeholder_key())
        gate.remember([scene.original.text, *(d.text for d in self.workspace.open_documents())])
        reading = Reading(self._placer(scene, {}), gate, new_change, events)
        events.stage("checking")
        plan = await read_again(reading, kept.replies)
        answered = Answered(kept.by, Spent())
        outcome = await self._editing().land(new_change, plan, scene.task, answered, events, review)
        events.stage("done")
        return outcome

    def actions(self) -> Sequence[Action]:
        """The presets, and what the settings add; one of the same name takes a preset's place."""
        own = {
            name: Action(name, action.title or name, action.prompt, action.scope)
            for name, action in self._configuration.settings().actions.items()
        }
        presets = {preset.name: preset for preset in PRESETS}
        return tuple({**presets, **own}.values())

    def configure(self, editor_settings: Mapping[str, object]) -> Sequence[str]:
        """Take in the editor's settings; what is wrong with any layer, for people."""
        self._configuration.configure(editor_settings)
        return self._configuration.problems()

    def checks(self) -> AsyncIterator[Check]:
        """The doctor's checks, as they are done."""
        health = self.shelf.health
        return examine(
            self._configuration, self._models, self._keeping, health, self.index, self._nearness
        )

    async def close(self) -> None:
        """Let go of every connection, and of the index."""
        if self._nearness is not None:
            await self._nearness.close()
        await self._models.close()
        await self.index.close()

    async def _ask(self, uri: str, choice: str | None, review: Review) -> Asked:
        """The way to the model that serves, agreed to for the folder of `uri`, else the first.

        Raises `NoModel` and its kind.
        """
        endpoint = await self._agreed(uri, choice, review)
        return self._way_to(endpoint, uri, may_send=True)

    async def _agreed(self, uri: str, choice: str | None, review: Review) -> Endpoint:
        """The endpoint that serves, agreed to for the folder of `uri`, else the first."""
        endpoint = await self.shelf.endpoint(choice, review)
        folder = (self._paths.home(uri) if uri else "") or self._folder() or ""
        await agree(endpoint, folder, self._consents, review)
        return endpoint

    def _way_to(self, endpoint: Endpoint, uri: str, *, may_send: bool) -> Asked:
        """The way to `endpoint`; text may only go there with `may_send`."""
        near = self._nearness and self._nearness.beside(endpoint, may_send=may_send)
        return self._connected(self._models.connect(endpoint), uri, near, may_send=may_send)

    def _connected(
        self, provider: Provider, uri: str, near: Near | None = None, *, may_send: bool
    ) -> Asked:
        settings = self._configuration.settings()
        meter = self._meters.setdefault(provider.identity, Meter())
        gate = OutwardGate(self._withholding, self._placeholder_key())
        memory = self._memories.of(provider.identity, provider.address, self._paths.home(uri))
        composer = Composer(
            self._gatherer,
            gate,
            Tally(provider, meter, may_send=may_send),
            memory,
            self._wishes(settings, provider.identity),
            near,
        )
        asking = Asking(provider, meter, Ledger(self._keeping, settings.prices))
        return Asked(provider, composer, asking, gate)

    def _means(self) -> Means:
        """What a refactor needs of us."""
        return Means(
            self.workspace,
            self._paths,
            self.index,
            self._keeping,
            agree=self._agreed,
            ways=self._ways,
            at_once=self._models.at_once,
            speed=self._speed,
            placer=lambda workspace, scene, shown: Placer(
                workspace, self._paths, scene, shown, self._withholding.reason, self._parse
            ),
            editing=self._editing,
            settings=self._configuration.settings,
            take_back=self.undo,
            withheld=self._withholding.reason,
        )

    def _ways(self, endpoint: Endpoint) -> Callable[[], Awaitable[Way]]:
        """Ways to a model, each with a gate of its own; a route may send each to another member."""
        shared = None if endpoint.route else self._models.connect(endpoint)

        async def way() -> Way:
            provider = shared or self._models.connect(endpoint)
            asked = self._connected(provider, "", may_send=True)
            window = await provider.window()
            by = provider.identity
            return Way(
                asked.composer,
                asked.asking,
                asked.gate,
                self._wishes(self._configuration.settings(), by),
                await self._rules(asked.gate, self._meters[by].count),
                window.tokens,
                self._meters[by].count,
                FormatsOf(self._formats, by).note,
            )

        return way

    async def _rules(self, gate: OutwardGate, count: Count) -> tuple[Item, ...]:
        """The rules of the workspace, of whatever of them may leave."""
        candidates, _ = gate.admit(await self._gatherer.rules(self._folder() or ""))
        return fit(candidates, _MOST_RULES, count).items

    async def _speed(self, by: AnsweredBy) -> Speed | None:
        since = time.time() - _MEASURED * _DAY
        return speed_of(await self._keeping.usage_since(since), by)

    def _wishes(self, settings: Settings, by: AnsweredBy) -> Wishes:
        return Wishes(
            settings.edit_format,
            settings.generation.temperature,
            settings.generation.max_output_tokens,
            settings.generation.reasoning_effort,
            settings.generation.strict,
            FormatsOf(self._formats, by).tried(),
        )

    def _reading(
        self, change_id: str, scene: Scene, prompt: Prompt, gate: OutwardGate, events: Events
    ) -> Reading:
        return Reading(self._placer(scene, prompt.context.shown()), gate, change_id, events)

    def _placer(self, scene: Scene, shown: dict[str, tuple[Snapshot, bool]]) -> Placer:
        reason = self._withholding.reason
        return Placer(self.workspace, self._paths, scene, shown, reason, self._parse)

    async def _tidy(self) -> None:
        keep = self._configuration.settings().journal
        with suppress(KeepingFailed):
            await self._keeping.tidy(keep.days, keep.megabytes)

    def _editing(self) -> Editing:
        wanted = self._configuration.settings().review
        return Editing(self._keeping, self._fitting, self._landing, self.reviews, wanted)

    def _folder(self) -> str | None:
        """The first workspace folder: whose history it is."""
        folders = self.workspace.folders()
        return folders[0].path if folders else None
