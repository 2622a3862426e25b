"""A workspace in memory, a model that says what it is told, and the engine between them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.memory_index import MemoryIndex
from homespun.config.profiles import Profiles
from homespun.config.schema import Settings
from homespun.core import diff
from homespun.core.plan import ChangePlan
from homespun.core.text import Snapshot
from homespun.disk import DiskWorkspace
from homespun.engine.engine import Engine
from homespun.engine.nearness import Nearness
from homespun.engine.outside import Models
from homespun.engine.paths import Paths
from homespun.engine.ports import (
    Applied,
    Choice,
    CreateFile,
    DeleteFile,
    Diagnostic,
    EditFile,
    FileOperation,
    Folder,
    RenameFile,
    Stage,
    Workspace,
)
from homespun.engine.refactor.task import FilesState, Survey
from homespun.engine.search import Index, Unknown
from homespun.engine.shelf import Reach
from homespun.errors import HomespunError
from homespun.index.syntax import Grammars
from homespun.journal.entry import Keeper
from homespun.journal.formats import FormatRecord
from homespun.journal.store import Journal
from homespun.providers.base import AnsweredBy, Chunk, Endpoint, Feature, Request, Usage, Window
from homespun.providers.capabilities import Capabilities
from homespun.providers.discovery import Found
from homespun.providers.http import Http
from homespun.security.consent import Consents
from homespun.security.ignore import Outward

_UNKNOWN = Unknown()


class MemoryWorkspace:
    """Files of one folder: all on disk (so that paths are real), some open with unsaved text."""

    def __init__(self, root: Path, files: Mapping[str, str], opened: Sequence[str]) -> None:
        self.root = root
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        self.buffers: dict[str, Snapshot] = {}
        for name in opened:
            self.type(name, (root / name).read_bytes().decode())
        self.applied: list[tuple[str, tuple[FileOperation, ...]]] = []
        self.answer: Callable[[], Applied] = lambda: Applied(applied=True)
        self.lies = False
        self.before_apply: Callable[[], None] = lambda: None
        self.moves: dict[str, str] = {}

    def uri(self, name: str) -> str:
        return (self.root / name).as_uri()

    def text(self, name: str) -> str | None:
        """What the user would see in this file."""
        if self.uri(name) in self.buffers:
            return self.buffers[self.uri(name)].text
        path = self.root / name
        return path.read_bytes().decode() if path.exists() else None

    def type(self, name: str, text: str) -> None:
        """Open a file, or change its buffer, as a user would."""
        known = self.buffers.get(self.uri(name))
        version = 1 if known is None else (known.version or 0) + 1
        self.buffers[self.uri(name)] = Snapshot.of(self.uri(name), text, version, "python")

    def folders(self) -> Sequence[Folder]:
        return (Folder(self.root.name, self.root.as_uri(), str(self.root)),)

    def opened(self, uri: str) -> Snapshot | None:
        return self.buffers.get(uri)

    def open_documents(self) -> Sequence[Snapshot]:
        return tuple(self.buffers.values())

    def diagnostics(self, uri: str) -> Sequence[Diagnostic]:
        return ()

    async def read(self, uri: str) -> Snapshot | None:
        if uri in self.buffers:
            return self.buffers[uri]
        return await DiskWorkspace([str(self.root)]).read(uri)

    async def readable(self, uris: Sequence[str]) -> Mapping[str, Snapshot]:
        on_disk = await DiskWorkspace([str(self.root)]).readable(uris)
        return {uri: self.buffers.get(uri) or on_disk[uri] for uri in uris if uri in on_disk}

    async def apply(self, label: str, operations: Sequence[FileOperation]) -> Applied:
        self.before_apply()
        answer = self.answer()
        if answer.applied and not self.lies:
            for operation in operations:
                self._make(operation)
            self.applied.append((label, tuple(operations)))
        return answer

    def rename(self, name: str, new_name: str) -> None:
        """Rename an open file, as a user would; its buffer goes along."""
        self._make(RenameFile(self.uri(name), self.uri(new_name)))
        self.moves[self.uri(name)] = self.uri(new_name)

    def delete(self, name: str) -> None:
        """Delete a file, as a user would."""
        self._make(DeleteFile(self.uri(name)))

    def moved(self, uri: str) -> str:
        return self.moves.get(uri, uri)

    async def unsaved(self, uris: Sequence[str]) -> Sequence[str]:
        return [uri for uri in uris if uri in self.buffers and not self._on_disk(uri)]

    def _on_disk(self, uri: str) -> bool:
        path = self._path(uri)
        return path.is_file() and path.read_bytes().decode() == self.buffers[uri].text

    def unwatched(self) -> bool:
        return False

    async def settled(self, uri: str, expected: str | None) -> str | None:
        found = await self.read(uri)
        return None if found is None else found.text

    def _make(self, operation: FileOperation) -> None:
        match operation:
            case EditFile(before, edits):
                self._edit(before, diff.apply(before.text, edits))
            case CreateFile(uri, text):
                self._path(uri).parent.mkdir(parents=True, exist_ok=True)
                self._path(uri).write_bytes(text.encode())
            case DeleteFile(uri):
                self.buffers.pop(uri, None)
                self._path(uri).unlink()
            case RenameFile(uri, new_uri):
                self._path(uri).rename(self._path(new_uri))
                if uri in self.buffers:
                    self.buffers[new_uri] = Snapshot.of(new_uri, self.buffers.pop(uri).text, 1)

    def _edit(self, before: Snapshot, text: str) -> None:
        if before.uri in self.buffers:
            known = self.buffers[before.uri]
            assert known.version == before.version, "a stale version was sent"
            newer = (known.version or 0) + 1
            self.buffers[before.uri] = Snapshot.of(before.uri, text, newer, known.language_id)
        else:
            self._path(before.uri).write_bytes(text.encode())

    def _path(self, uri: str) -> Path:
        from urllib.parse import unquote, urlsplit

        return Path(unquote(urlsplit(uri).path))


Turn = str | HomespunError | list[Chunk] | Callable[[Request], str]


@dataclass
class ToldModel:
    """Answers its turns one after the other, four characters a chunk."""

    turns: list[Turn]
    identity: AnsweredBy = AnsweredBy("told", "model", local=True)  # noqa: RUF009 - frozen
    size: int = 32_768
    requests: list[Request] = field(default_factory=list[Request])
    prompt_tokens: int = 0
    during: Callable[[], None] = lambda: None
    address: str = "http://127.0.0.1:1"
    features: frozenset[Feature] = frozenset[Feature]()
    counts: Callable[[str], int | None] = lambda text: None

    async def window(self) -> Window:
        return Window(self.size, guessed=False)

    def doubt_window(self) -> None:
        pass

    async def count_tokens(self, text: str) -> int | None:
        return self.counts(text)

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        self.requests.append(request)
        turn = self.turns.pop(0)
        if isinstance(turn, HomespunError):
            raise turn
        for chunk in _chunks(turn(request) if callable(turn) else turn):
            yield chunk
        self.during()
        if not isinstance(turn, list):
            yield Chunk(usage=Usage(self.prompt_tokens, 7), finish="stop")


def _chunks(turn: str | list[Chunk]) -> list[Chunk]:
    if isinstance(turn, list):
        return turn
    return [Chunk(text=turn[at : at + 4], tokens=1) for at in range(0, len(turn), 4)]


@dataclass
class Recorder:
    """Events and Review: remembers what was told, and answers as it is set."""

    stages: list[Stage] = field(default_factory=list[Stage])
    said: list[str] = field(default_factory=list[str])
    plans: list[ChangePlan] = field(default_factory=list[ChangePlan])
    questions: list[str] = field(default_factory=list[str])
    shown: list[ChangePlan] = field(default_factory=list[ChangePlan])
    yes: bool = True
    choice: Callable[[ChangePlan], Choice] = lambda plan: plan
    surveys: list[Survey] = field(default_factory=list[Survey])
    states: list[FilesState] = field(default_factory=list[FilesState])
    pick: Callable[[Survey], Sequence[str] | None] = lambda survey: [f.uri for f in survey.chosen]

    def files(self, state: FilesState) -> None:
        self.states.append(state)

    async def survey(self, survey: Survey) -> Sequence[str] | None:
        self.surveys.append(survey)
        return self.pick(survey)

    def stage(self, stage: Stage, detail: str = "") -> None:
        self.stages.append(stage)

    def progress(self, tokens: int, tokens_per_second: float) -> None:
        assert tokens > 0

    def text(self, piece: str) -> None:
        self.said.append(piece)

    def growing(self, plan: Callable[[], ChangePlan]) -> None:
        self.plans.append(plan())

    def plan(self, plan: ChangePlan) -> None:
        self.plans.append(plan)

    async def confirm(self, question: str, yes: str) -> bool:
        self.questions.append(question)
        return self.yes

    async def choose(self, plan: ChangePlan) -> Choice:
        self.shown.append(plan)
        return self.choice(plan)


class FixedConfiguration:
    """Settings that never change."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def settings(self) -> Settings:
        return self._settings

    @property
    def log(self) -> str:
        return "nowhere"

    def problems(self) -> Sequence[str]:
        return ()

    def configure(self, editor_settings: Mapping[str, object]) -> None:
        return None

    def select(self, model: str) -> None:
        self._settings = self._settings.model_copy(update={"model": model})

    def unselect(self) -> None:
        return None


@dataclass
class World:
    """All of it together: `await world.edit(...)` and look."""

    workspace: MemoryWorkspace
    model: ToldModel
    engine: Engine
    recorder: Recorder
    journal: Journal
    make: Callable[[Keeper], Engine]
    """Another engine at the same files and model, as after a restart."""


def world(
    tmp_path: Path,
    files: Mapping[str, str],
    *turns: Turn,
    opened: Sequence[str] | None = None,
    settings: Mapping[str, object] | None = None,
    endpoint: Endpoint | None = None,
    index: bool = False,
    nearness: Nearness | None = None,
) -> World:
    """A world with these files, all open unless said otherwise, and a model that says `turns`."""
    root = tmp_path / "project"
    root.mkdir()
    workspace = MemoryWorkspace(root, files, list(files) if opened is None else opened)
    model = ToldModel(list(turns))
    journal = Journal(tmp_path / "state" / "journal.db")

    def make(keeper: Keeper) -> Engine:
        known = MemoryIndex(root) if index else Unknown()
        return engine_over(workspace, model, keeper, tmp_path, settings, endpoint, known, nearness)

    return World(workspace, model, make(journal), Recorder(), journal, make)


def engine_over(
    workspace: Workspace,
    model: ToldModel,
    keeper: Keeper,
    tmp_path: Path,
    settings: Mapping[str, object] | None = None,
    endpoint: Endpoint | None = None,
    index: Index = _UNKNOWN,
    nearness: Nearness | None = None,
) -> Engine:
    """An engine over any workspace in `tmp_path / "project"`, with a model that is told."""
    return Engine(
        workspace,
        Paths(workspace, windows=False),
        FixedConfiguration(Settings.model_validate(settings or {})),
        Models(lambda settings, choice: endpoint or _endpoint(), lambda _: model, _nothing),
        keeper,
        Outward([str(tmp_path / "project")], []),
        Consents(tmp_path / "state" / "consents.json"),
        parse=Grammars().errors,
        formats=FormatRecord(tmp_path / "state" / "formats.json"),
        reach=Reach(
            Http(),
            Capabilities(),
            Profiles(tmp_path / "config.toml"),
            _nobody,
            lambda endpoint, capabilities: model,
        ),
        index=index,
        nearness=nearness,
    )


def _endpoint() -> Endpoint:
    return Endpoint(
        kind="openai", name="told", base_url="http://127.0.0.1:1", model="model", local=True
    )


async def _nothing() -> None:
    return None


async def _nobody() -> Sequence[Found]:
    return ()


async def collected(checks: AsyncIterator[object]) -> list[object]:
    return [check async for check in checks]
