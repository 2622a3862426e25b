"""What an edge (an editor, a folder on disk) must supply for the engine to work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from homespun.core.diff import Edit
from homespun.core.plan import ChangePlan
from homespun.core.prompt import Exchange
from homespun.core.text import Snapshot, Span

Stage = Literal[
    "waiting",
    "loading",
    "reading",
    "thinking",
    "writing",
    "checking",
    "reviewing",
    "applying",
    "done",
]


@dataclass(frozen=True, slots=True)
class Folder:
    """A workspace folder: its name, its URI as the editor writes it, its absolute path."""

    name: str
    uri: str
    path: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A problem that the editor shows, in the snapshot's offsets."""

    span: Span
    message: str
    severity: int = 1
    source: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class EditFile:
    """Change a file's text. `before` is what the edits' offsets and version refer to."""

    before: Snapshot
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class CreateFile:
    """Make a file that does not exist."""

    uri: str
    text: str


@dataclass(frozen=True, slots=True)
class RenameFile:
    """Give a file another name, which nothing has yet."""

    uri: str
    new_uri: str


@dataclass(frozen=True, slots=True)
class DeleteFile:
    """Remove a file."""

    uri: str


FileOperation = EditFile | CreateFile | RenameFile | DeleteFile


@dataclass(frozen=True, slots=True)
class Applied:
    """What the edge answered to an edit; `reason` where it refused."""

    applied: bool
    reason: str = ""


class Workspace(Protocol):
    """The user's files, unsaved text first."""

    def folders(self) -> Sequence[Folder]:
        """The workspace folders, at least one where anything is open."""
        ...

    def opened(self, uri: str) -> Snapshot | None:
        """The text of an open document as the editor has it now; None where it is not open."""
        ...

    def open_documents(self) -> Sequence[Snapshot]:
        """All open documents, in the order in which they were opened."""
        ...

    def diagnostics(self, uri: str) -> Sequence[Diagnostic]:
        """The problems that are known of this document now."""
        ...

    async def read(self, uri: str) -> Snapshot | None:
        """The open document, else the file on disk (strict UTF-8, line ends and BOM kept).

        None where there is no such file. Raises `Refused` for what is no UTF-8 text or larger
        than 10 MB.
        """
        ...

    async def readable(self, uris: Sequence[str]) -> Mapping[str, Snapshot]:
        """Those of many files that `read` would return, by URI; it refuses none."""
        ...

    async def apply(self, label: str, operations: Sequence[FileOperation]) -> Applied:
        """Make all of it in one step that the user can undo; the edge answers for nothing more."""
        ...

    def moved(self, uri: str) -> str:
        """The URI that the file has now which had this one: the same unless the user renamed it."""
        ...

    async def unsaved(self, uris: Sequence[str]) -> Sequence[str]:
        """Those of `uris` that are not on disk yet as they are here."""
        ...

    def unwatched(self) -> bool:
        """Whether nobody tells here of files that other programs change."""
        ...

    async def settled(self, uri: str, expected: str | None) -> str | None:
        """The text of `uri` once it is `expected` (None: once the file is gone).

        Waits up to two seconds for the edge to report it, then gives what is there (None for no
        file): the engine compares.
        """
        ...


class Events(Protocol):
    """Tells the user how a job is doing; never blocks, never fails."""

    def stage(self, stage: Stage, detail: str = "") -> None:
        """The job has come to `stage`."""
        ...

    def progress(self, tokens: int, tokens_per_second: float) -> None:
        """Tokens written so far; called at most ten times a second."""
        ...

    def text(self, piece: str) -> None:
        """The next words of an explanation."""
        ...

    def growing(self, plan: Callable[[], ChangePlan]) -> None:
        """There is more to see of the change while its reply streams.

        `plan` gives what is known when it is called; it takes a diff, so call it as often as it is
        shown.
        """
        ...

    def plan(self, plan: ChangePlan) -> None:
        """The change waits for the user's decision."""
        ...


Choice = ChangePlan | Literal["later"] | None
"""What the user wants of a plan: this much, a decision piece by piece that comes later, nothing."""


class Review(Protocol):
    """Asks the user. No answer is always the careful one."""

    async def confirm(self, question: str, yes: str) -> bool:
        """Whether the user chose `yes`; False where they did not, or cannot be asked."""
        ...

    async def choose(self, plan: ChangePlan) -> Choice:
        """The plan as the user wants it (hunks and files accepted or rejected); None to drop it.

        `later` where the user decides through `Engine.reviews`, which holds the plan until then.
        """
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a file that an engine request is about."""

    uri: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class EditTask:
    """What the user wants changed.

    `scope`: `selection` keeps to the place's span or its enclosing definition, `file` to its
    file, `workspace` is free. `remove_comment` is the span of a `homespun:` comment that goes
    away with the edit. `review` is the user's own word, before any setting. `model` overrides the
    choice of the model for this task. `earlier` is what was asked and answered about the place.
    """

    instruction: str
    place: Place
    scope: Literal["selection", "file", "workspace"] = "selection"
    title: str = "Edit"
    remove_comment: Span | None = None
    review: Literal["never", "risky", "always"] | None = None
    model: str | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    earlier: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file; `added` and `removed` count lines."""

    uri: str
    action: Literal["edit", "create", "delete", "rename"]
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Spent:
    """What answers took.

    Tokens as the server counted them, else as they were seen to come. `seconds` lasted the whole;
    `first_token` is when the first words came, 0.0 where none did; `writing` is how long the model
    wrote, or the whole where that could not be seen. `cost` is in US dollars, None where no price
    is set.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    first_token: float = 0.0
    writing: float = 0.0
    cost: float | None = None

    @property
    def tokens_per_second(self) -> float:
        """How fast the model wrote; 0.0 where nothing was written."""
        return self.completion_tokens / self.writing if self.writing > 0 else 0.0

    def __add__(self, other: Spent) -> Spent:
        costs = [one.cost for one in (self, other) if one.cost is not None]
        return Spent(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.seconds + other.seconds,
            self.first_token or other.first_token,
            self.writing + other.writing,
            sum(costs) if costs else None,
        )


@dataclass(frozen=True, slots=True)
class UsageSum:
    """What the requests of one model, provider or day took together.

    `name` says which; `first_token` is the mean of the seconds until the first words came.
    """

    name: str
    requests: int
    spent: Spent
    first_token: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an edit (or an undo) ended.

    `status`: all `applied`; `partly`, some files or hunks refused or rejected; `rejected`,
    nothing changed, `reasons` say why; `nothing`, the model saw nothing to change. `unsaved` are
    the URIs of changed files that are not on disk yet. `obstacle` is a unified diff of what stands
    in the way of an undo.
    """

    change_id: str
    status: Literal["applied", "partly", "rejected", "nothing"]
    summary: str
    reasons: tuple[str, ...] = ()
    files: tuple[FileResult, ...] = ()
    provider: str = ""
    model: str = ""
    local: bool = True
    spent: Spent = Spent()
    unsaved: tuple[str, ...] = ()
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """An explanation in Markdown, and who gave it."""

    markdown: str
    provider: str
    model: str
    local: bool
    spent: Spent = Spent()


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change in the journal. `at` is seconds since 1970, UTC."""

    change_id: str
    at: float
    title: str
    status: str
    summary: str
    files: tuple[str, ...]
    model: str
    local: bool


@dataclass(frozen=True, slots=True)
class HistoryDetails:
    """One change, and all that it did as a patch ("" where nothing came of it)."""

    entry: HistoryEntry
    patch: str


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor: what was looked at, how it is, what was found, what to do."""

    name: str
    status: Literal["ok", "warning", "error"]
    found: str
    hint: str = ""
    details: Mapping[str, object] = field(default_factory=dict[str, object])
