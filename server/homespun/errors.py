"""Every error that Homespun raises on purpose, on one screen.

    HomespunError
    ├── InputError            what was asked for cannot be done as asked   (exit 2)
    │   ├── UnknownFile       a file that is neither open nor on disk
    │   ├── NothingToDo       no instruction, no change to undo
    │   ├── BadSetting        a setting whose value cannot be used
    │   └── NotSupported      a wish that the chosen model cannot be given
    ├── NoModel               no model is set, or none may be used         (exit 3)
    │   └── ConsentNeeded     the cloud would serve, and nobody agreed
    ├── ModelError            the model's server did not do its part       (exit 4)
    │   ├── Unreachable       no connection, or it was lost
    │   ├── TimedOut          connected, then silent for too long
    │   ├── Loading           still loading its model, longer than we wait
    │   ├── WrongKey          the key is missing or refused
    │   ├── UnknownModel      the server does not know this model
    │   ├── ContextOverflow   prompt and answer do not fit its window
    │   ├── RequestRefused    a 4xx that names what it did not like
    │   ├── ServerFault       a 5xx, an error inside a stream
    │   └── BadResponse       not the protocol: HTML, a redirect, an endless line, 100 MB
    ├── ReplyError            the model's reply cannot be used             (exit 5)
    │   ├── CutShort          finish reason `length`, or none at all
    │   │   └── Lost          its connection was lost, or fell silent
    │   ├── Malformed         neither JSON nor fenced blocks, or broken JSON
    │   └── PromptCut         the server read far less than was sent
    ├── Refused               a change that must not be made               (exit 6)
    │   ├── OutsideWorkspace  a path that leaves the workspace folders
    │   ├── Protected         `.git`, or a protected file without a yes
    │   ├── Stale             the text has moved on and does not merge
    │   └── NotApplied        the editor refused the edit, or did not do it
    └── KeepingFailed         journal or state could not be written        (exit 7)

`code` is stable and machine-readable, `message` says what happened and where, `hint` the next
step. Neither ever holds the text of a user's file, a prompt, a reply or a key.
"""

from __future__ import annotations

from typing import ClassVar


class HomespunError(Exception):
    """What every deliberate failure carries: a code, a message for people, and the next step."""

    code: ClassVar[str] = "homespun"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        """`message`: what happened and where; `hint`: what to do next (may be empty)."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(HomespunError):
    """What was asked for cannot be done as asked."""

    code = "bad_input"
    exit_code = 2


class UnknownFile(InputError):
    """The file is neither open in the editor nor a readable text file on disk."""

    code = "unknown_file"


class NothingToDo(InputError):
    """There is nothing to act on: no instruction, no change to undo."""

    code = "nothing_to_do"


class BadSetting(InputError):
    """A setting has a value that cannot be used."""

    code = "bad_setting"


class NotSupported(InputError):
    """The chosen model takes no such thing: tools, images, a reasoning effort."""

    code = "not_supported"


class NoModel(HomespunError):
    """No model is set, or none may be used."""

    code = "no_model"
    exit_code = 3


class ConsentNeeded(NoModel):
    """Only a cloud model could serve, and the user has not agreed to it."""

    code = "consent_needed"


class ModelError(HomespunError):
    """The model's server did not do its part."""

    code = "model_error"
    exit_code = 4


class Unreachable(ModelError):
    """The server could not be connected to, or the connection was lost."""

    code = "unreachable"


class TimedOut(ModelError):
    """The server accepted the request and then stayed silent for too long."""

    code = "timed_out"


class Loading(ModelError):
    """The server is still loading its model."""

    code = "loading"


class WrongKey(ModelError):
    """The server wants a key, or refused the one it got."""

    code = "wrong_key"


class UnknownModel(ModelError):
    """The server does not know the model that was asked for."""

    code = "unknown_model"


class ContextOverflow(ModelError):
    """Prompt and answer do not fit the server's context window."""

    code = "context_overflow"

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        prompt_tokens: int | None = None,
        window: int | None = None,
    ) -> None:
        """`prompt_tokens` and `window` in tokens, as the server told them."""
        super().__init__(message, hint)
        self.prompt_tokens = prompt_tokens
        self.window = window


class RequestRefused(ModelError):
    """The server refused the request and said why."""

    code = "request_refused"

    def __init__(self, message: str, hint: str = "", *, status: int = 400) -> None:
        """`status`: the HTTP status."""
        super().__init__(message, hint)
        self.status = status


class ServerFault(ModelError):
    """The server failed on its own side."""

    code = "server_fault"


class BadResponse(ModelError):
    """What came back is not the protocol that was asked for."""

    code = "bad_response"


class ReplyError(HomespunError):
    """The model's reply cannot be used; nothing was changed."""

    code = "bad_reply"
    exit_code = 5


class CutShort(ReplyError):
    """The reply was cut off before its end."""

    code = "cut_short"


class Lost(CutShort):
    """The connection was lost, or fell silent, when the answer had begun: it may be asked again."""


class Malformed(ReplyError):
    """The reply has no shape that is understood."""

    code = "malformed"


class PromptCut(ReplyError):
    """The server read far fewer tokens than were sent, so the model did not see it all."""

    code = "prompt_cut"


class Refused(HomespunError):
    """A change that must not be made; nothing was changed."""

    code = "refused"
    exit_code = 6


class OutsideWorkspace(Refused):
    """The path leaves the workspace folders, links included."""

    code = "outside_workspace"


class Protected(Refused):
    """The file may not be written at all, or not without a yes."""

    code = "protected"


class Stale(Refused):
    """The text has changed since the model saw it, and the change does not merge."""

    code = "stale"


class NotApplied(Refused):
    """The editor refused the edit, or said that it applied it and did not."""

    code = "not_applied"


class KeepingFailed(HomespunError):
    """The journal or another of our own files could not be written."""

    code = "keeping_failed"
    exit_code = 7
