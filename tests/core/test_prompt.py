from __future__ import annotations

from homespun.core.context import Candidate, Context, fit
from homespun.core.prompt import (
    Exchange,
    Message,
    Problem,
    Region,
    Task,
    edit_messages,
    explain_messages,
    fenced,
    repair_message,
)
from homespun.core.text import Snapshot


def context(*files: tuple[str, str]) -> Context:
    given = [Candidate(Snapshot.of(f"file:///{n}", t), n, "open") for n, t in files]
    return fit(given, 10_000, len)


def test_the_files_come_before_the_task_so_that_a_prefix_is_shared() -> None:
    files = context(("a.py", "a = 1\n"), ("b.py", "b = 2\n"))
    first = edit_messages(Task("Do one thing", "a.py"), files, "hunks")
    second = edit_messages(Task("Do another", "b.py"), files, "hunks")
    assert first[0] == second[0]
    shared = first[1].content.index("TASK")
    assert first[1].content[:shared] == second[1].content[:shared]
    assert "FILE a.py" in first[1].content[:shared]
    assert "FILE b.py" in first[1].content[:shared]


def test_the_task_says_what_where_and_which_problems() -> None:
    task = Task("Mend it", "a.py", Region("a.py", 4, "x\ny\n"), (Problem("a.py", 5, "y is wrong"),))
    text = edit_messages(task, context(), "region")[1].content
    assert "Mend it" in text
    assert "REGION lines 5 to 6 of a.py\n```\nx\ny\n```" in text
    assert "- a.py, line 6: y is wrong" in text


def test_each_format_is_described_as_it_is_parsed() -> None:
    for name, sign in (
        ("region", '"text"'),
        ("hunks", '"find"'),
        ("whole", '"write"'),
        ("fenced", "```"),
    ):
        asked = edit_messages(Task("x", "a"), context(), name)[1].content  # type: ignore[arg-type]
        assert sign in asked


def test_rules_of_the_project_are_marked_as_text_from_it() -> None:
    given = Candidate(Snapshot.of("file:///AGENTS.md", "Use tabs.\n"), "AGENTS.md", "", rules=True)
    asked = edit_messages(Task("x", "a"), fit([given], 1000, len), "hunks")[1].content
    assert asked.startswith("RULES AGENTS.md (")
    assert "text from the repository" in asked
    assert "Use tabs." in asked


def test_all_formats_and_explanations_begin_alike() -> None:
    files = context(("a.py", "a = 1\n"))
    task = Task("x", "a.py")
    prompts = [edit_messages(task, files, name) for name in ("region", "hunks", "whole", "fenced")]
    for system, user in (*prompts, explain_messages(task, files)):
        assert system == prompts[0][0]
        assert user.content.startswith("FILE a.py\n```\na = 1\n```\n\nHOW TO ANSWER\n")


def test_an_explanation_is_asked_for_in_words() -> None:
    messages = explain_messages(Task("", "a.py", Region("a.py", 0, "x = 1\n")), context())
    assert not any("JSON" in message.content for message in messages)
    assert messages[1].content.endswith("Explain this part of a.py.\n")
    asked = explain_messages(Task("Why?", "a.py"), context())
    assert asked[1].content.endswith("QUESTION\nWhy?\n")


def test_a_fence_is_longer_than_any_in_the_text() -> None:
    assert fenced("a\n") == "```\na\n```"
    assert fenced("a") == "```\na\n```"
    assert fenced("```py\n````\n").startswith("`````\n")


def test_a_repair_names_the_reasons() -> None:
    assert "- a.py: hunk 1" in repair_message(["a.py: hunk 1: found twice"]).content


def test_a_further_question_comes_after_what_was_said() -> None:
    earlier = (Exchange("", "It adds."), Exchange("Why?", "For sums."))
    task = Task("And then?", "a.py", earlier=earlier)
    first = explain_messages(Task("", "a.py"), context())
    assert explain_messages(task, context()) == (
        *first,
        Message("assistant", "It adds."),
        Message("user", "Why?"),
        Message("assistant", "For sums."),
        Message("user", "And then?"),
    )
