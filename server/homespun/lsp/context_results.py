"""What a model would see: as a result of the wire contract, and as a page for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from homespun.core.context import Item
from homespun.core.counting import counted
from homespun.core.prompt import fenced
from homespun.core.text import Snapshot
from homespun.core.units import Encoding
from homespun.engine.preview import Preview
from homespun.lsp import context_methods as wire
from homespun.lsp.wire import Position, Range


def context_result(preview: Preview, encoding: Encoding) -> wire.ContextResult:
    """A preview, for the wire; ranges count in `encoding`."""
    return wire.ContextResult(
        destination=wire.Destination(
            provider=preview.to.provider,
            model=preview.to.model,
            address=preview.address,
            local=preview.to.local,
        ),
        messages=tuple(
            wire.PromptMessage(role=message.role, content=message.content)
            for message in preview.messages
        ),
        items=tuple(one for item in preview.items for one in _items(item, encoding)),
        left_out=tuple(
            wire.LeftOutFile(path=left.path, reason=left.reason) for left in preview.left_out
        ),
        redactions=tuple(
            wire.Redaction(kind=one.kind, placeholder=one.placeholder, paths=one.paths)
            for one in preview.redactions
        ),
        window=wire.ContextWindow(tokens=preview.window.tokens, guessed=preview.window.guessed),
        budget=wire.Budget(
            prompt=preview.budget.prompt,
            answer=preview.budget.answer,
            margin=preview.budget.margin,
            exact=preview.budget.exact,
        ),
        format=preview.shape,
    )


def _items(item: Item, encoding: Encoding) -> Iterator[wire.ContextItem]:
    """One for the whole file, or one for each part of it."""
    for part in item.parts:
        whole = part.shown == "whole"
        yield wire.ContextItem(
            uri=item.snapshot.uri,
            path=item.path,
            range=None if whole else _lines(item.snapshot, part.first, part.last, encoding),
            shown=part.shown,
            tokens=part.tokens,
            reason=item.reason,
        )


def _lines(snapshot: Snapshot, first: int, last: int, encoding: Encoding) -> Range:
    """Whole lines, the first and the last counted from 0."""
    found = snapshot.range(snapshot.line_span(first, last), encoding)
    start, end = found.start, found.end
    return Range(
        start=Position(line=start.line, character=start.character),
        end=Position(line=end.line, character=end.character),
    )


def in_words(result: wire.ContextResult) -> str:
    """Where it would go and how much of what, in one line."""
    to, budget, window = result.destination, result.budget, result.window
    files = counted(len({item.uri for item in result.items}), "file")
    guess = ", by guess" if window.guessed else ""
    return (
        f"{to.provider}/{to.model} ({'local' if to.local else 'cloud'}) at {to.address} would get"
        f" {'' if budget.exact else 'about '}{budget.prompt} tokens of {files};"
        f" its window holds {window.tokens}{guess}."
    )


def page(result: wire.ContextResult) -> str:
    """All of it in Markdown."""
    budget = result.budget
    share = f"{budget.prompt} for the prompt, {budget.answer} for the answer, {budget.margin} free"
    head = f"# What the model would see\n\n{in_words(result)}\n\nTokens: {share}.\n"
    shown = [_row(item) for item in result.items]
    left = [f"- {_code(one.path)}: {one.reason}" for one in result.left_out]
    hidden = [_hidden(one) for one in result.redactions]
    words = [f"### {one.role}\n\n{fenced(one.content)}" for one in result.messages]
    return head + "".join(
        (
            _section("Shown", shown),
            _section("Left out", left),
            _section("Replaced on the way out", hidden),
            _section("Word for word", words, between="\n\n"),
        )
    )


def _row(item: wire.ContextItem) -> str:
    lines = ""
    if item.range is not None:
        # A range of whole lines ends at the start of the next one, but for the last line.
        end = item.range.end
        lines = f", lines {item.range.start.line + 1} to {end.line + bool(end.character)}"
    shown = "" if item.shown in ("whole", "part") else f" ({item.shown})"
    return f"- {_code(item.path)}{lines}{shown}: {counted(item.tokens, 'token')}; {item.reason}"


def _hidden(one: wire.Redaction) -> str:
    where = ", ".join(map(_code, one.paths)) or "the instruction"
    return f"- {one.kind} in {where}: {one.placeholder}"


def _code(path: str) -> str:
    return f"`{path}`" if "`" not in path else path


def _section(title: str, entries: Sequence[str], between: str = "\n") -> str:
    return f"\n## {title}\n\n{between.join(entries)}\n" if entries else ""
