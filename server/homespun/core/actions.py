"""The code actions that Homespun offers: what each is called and what it asks of the model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """One code action on a selection or its enclosing definition.

    `name` ends its LSP kind (`refactor.rewrite.homespun.NAME`), `title` is what the user picks,
    `prompt` the instruction. `scope` as in an edit task.
    """

    name: str
    title: str
    prompt: str
    scope: str = "selection"


PRESETS = (
    Action(
        "document",
        "Document",
        "Write or complete the documentation comments of this code, in the style and language of"
        " the file: what it is for, its parameters, its result, what it raises. Keep the code"
        " itself exactly as it is.",
    ),
    Action(
        "types",
        "Add types",
        "Add precise type annotations to this code, as the language and the file's other code"
        " write them, with the imports that they need. Keep its behaviour exactly as it is.",
        scope="file",
    ),
    Action(
        "simplify",
        "Simplify",
        "Make this code simpler and easier to read, as an expert in this language would write it."
        " Keep its behaviour and its public names exactly as they are.",
    ),
    Action(
        "tests",
        "Write tests",
        "Write tests for this code, in the project's own test framework and style. Put them where"
        " this project keeps its tests: extend the existing test file where there is one, else"
        " create one. Cover the usual case, the borders and the errors.",
        scope="workspace",
    ),
)
