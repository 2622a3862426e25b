"""The folder that the editors' tests work in, and what the scripted model says about it."""

from __future__ import annotations

import json
from pathlib import Path

BILL = '''\
"""Bills."""


def total(prices, tip):
    subtotal = sum(prices)
    extra = subtotal * tip
    whole = subtotal + extra
    return whole


def shares(whole, people):
    return [whole / people for _ in range(people)]
'''
ROUNDED = """\
def total(prices, tip):
    subtotal = sum(prices)
    extra = subtotal * tip
    whole = subtotal + extra
    return round(whole, 2)
"""
REVIEWED = """\
def total(prices: list[float], tip: float) -> float:
    subtotal = sum(prices)
    extra = round(subtotal * tip, 2)
    whole = subtotal + extra
    return round(whole, 2)
"""
EXPLANATION = " ".join(
    f"Sentence {number} tells what `shares` does with **whole** and people."
    for number in range(1, 25)
)
LENGTHY = f"{EXPLANATION}\n\n" * 25 + "This is the very end."
"""About 40,000 characters."""
ADD = {
    "calc.py": "def add(a, b):\n    return a + b\n",
    "use.py": "from calc import add\n\nprint(add(1, 2))\n",
    "more.py": "from calc import add\n\nprint(add(3, 4))\n",
}
"""A project to rename something in."""
_SPEED = 60
"""Tokens a second: slow enough to be seen."""


def make(folder: Path) -> Path:
    """The folder, filled."""
    folder.mkdir()
    (folder / "bill.py").write_text(BILL)
    return folder


def script(folder: Path) -> Path:
    """The scripted model's answers."""
    turns = [
        _turn("round the total to cents", _region("Rounds the total.", ROUNDED)),
        _turn("say the types and round", _region("Says the types, and rounds twice.", REVIEWED)),
        _turn("what about nobody", "It divides by **zero** and fails."),
        {"match": "never ends", "reply": "Once " * 4000, "tokens_per_second": 20},
        {"match": "WANTED", "reply": "no plan"},
        _renamed("calc.py", ADD["calc.py"]),
        _renamed("use.py", ADD["use.py"]),
        {"match": "at length", "reply": LENGTHY, "tokens_per_second": 1500},
        {"match": "say nothing", "reply": ""},
        {"match": "how fast", "reply": "fast " * 4000, "delay": 1, "tokens_per_second": 200},
        {**_turn("xplain", EXPLANATION), "tokens_per_second": 2 * _SPEED},
        {"match": "", "reply": ""},  # whatever is asked after an empty reply
    ]
    path = folder / "script.json"
    turns = [{**turn, "times": 1000} for turn in turns]  # however often a test asks
    path.write_text(json.dumps({"model": "scripted", "window": 16384, "turns": turns}))
    return path


def _turn(match: str, reply: str) -> dict[str, object]:
    return {"match": match, "reply": reply, "delay": 0.3, "tokens_per_second": _SPEED}


def _renamed(file: str, text: str) -> dict[str, object]:
    """A refactor's answer on one file."""
    hunks = [{"find": text, "replace": text.replace("add", "plus")}]
    updates = [{"action": "edit", "file": file, "hunks": hunks}]
    reply = json.dumps({"summary": "It is called plus.", "updated_files": updates})
    return {"match": f"- {file}: ", "reply": reply}


def _region(summary: str, text: str) -> str:
    return json.dumps({"summary": summary, "text": text})
