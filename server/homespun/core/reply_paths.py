"""Which file does a fenced block belong to? Its info string or the line above it says so."""

from __future__ import annotations

import re

_BARE_NAMES = (
    *("makefile", "dockerfile", "containerfile", "justfile", "rakefile", "gemfile", "procfile"),
    *("vagrantfile", "jenkinsfile", "license", "readme", "changelog", "codeowners"),
)
_PATH = re.compile(
    r"(?:[A-Za-z]:)?(?:[\w.@+~()\[\]$-]+[/\\]|[/\\])*"
    r"(?P<name>[\w.@+~()\[\]$-]*\.[A-Za-z][\w+-]{0,15}|[\w.@+~()\[\]$-]+)"
)
_MAX_PATH = 300
_MAX_LINE = 400
_HEADING = re.compile(r"(?:#{1,6}\s+|[-*]\s+|\d{1,3}[.)]\s+|//\s*|--\s+|;+\s*|/\*\s*|<!--\s*)")
_LABEL = re.compile(r"\**(?:new |updated )?(?:file ?name|file ?path|file|path)\**\s*:\s*", re.I)
_REMARK = re.compile(r"\s*(?:\((?:new|new file|updated|modified|changed)\)|\*/|-->)$", re.I)
_ATTRIBUTE = re.compile(
    r"\{?(?:title|file|filename|path|name)=(?P<quote>[\"']?)(?P<value>.+?)(?P=quote)\}?$"
)


def looks_like_path(text: str) -> bool:
    """Whether `text` is one file path and nothing else: with a folder, an ending, or well known."""
    if not text or len(text) > _MAX_PATH or "://" in text:
        return False
    found = _PATH.fullmatch(text)
    if found is None or text in (".", ".."):
        return False
    name = found["name"]
    ended = re.search(r"\.[A-Za-z][\w+-]*$", name) is not None
    return ended or name.lower() in _BARE_NAMES or name != text


def path_in_line(line: str) -> str:
    """The path that `line` names and says nothing else; "" where it says something else.

    Understands Markdown's and comments' ways of setting it off: `**src/a.py**`, `# a.py`,
    `### File: a.py`. A sentence that mentions a path names no file.
    """
    text = line.strip()
    if len(text) > _MAX_LINE:
        return ""
    text = text[found.end() :] if (found := _HEADING.match(text)) else text
    text = _REMARK.sub("", _LABEL.sub("", text.strip(), count=1))
    text = text.strip().rstrip(":").strip("*`\"' ").rstrip(":")
    return text if looks_like_path(text) else ""


def path_in_info(info: str) -> str:
    """The path on a fence's info string: `python src/a.py`, `python:src/a.py`, `title="a.py"`.

    A place in a file, such as `12:15:src/a.py`, cites code and names no file to write.
    """
    words = info.split()
    for word in words:
        if attribute := _ATTRIBUTE.fullmatch(word):
            return attribute["value"] if looks_like_path(attribute["value"]) else ""
    for word in words[:2]:
        language, colon, path = word.partition(":")
        candidate = path if colon and len(language) > 1 else word
        if language.isdigit():
            return ""
        if looks_like_path(candidate):
            return candidate
    return ""
