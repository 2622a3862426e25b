from __future__ import annotations

import pytest

from homespun.core.definitions import enclosing
from homespun.core.text import Snapshot

PYTHON = """\
import os


@cache
def first(a, b):
    if a:

        return b
    return a


class Thing:
    size = 1

    def method(
        self,
        x,
    ):
        return x

    async def other(self):
        def inner():
            return 1

        return inner


value = first(1, 2)
"""

TYPESCRIPT = """\
import { a } from "a";

/** Adds. */
export async function add(x: number, y: number): Promise<number> {
  if (x) {
    return y;
  }
  return x + y;
}

export const twice = (x: number) => {
  return add(x, x);
};

class Box<T> {
  private value: T;

  get(key: string): T {
    return this.value;
  }
}
"""

GO = """\
package main

func (s *Server) Handle(w Writer, r *Request) error {
\tfor {
\t\treturn nil
\t}
}

type Server struct {
\tname string
}
"""

RUST = """\
#[derive(Debug)]
pub struct Point {
    x: i32,
}

impl Point {
    pub(crate) fn norm(&self) -> i32
    where
        Self: Sized,
    {
        self.x
    }
}
"""

C = """\
static int
helper(int a)
{
    return a;
}

int main(int argc, char **argv)
{
    if (argc) {
        helper(1);
    }
    return 0;
}
"""

RUBY = """\
module Shop
  def total(items)
    items.each do |i|
      i
    end
  end
end
"""

LUA = """\
local function greet(name)
  print(name)
end
"""

CASES = [
    # language, text, line of the cursor (from 0), name, first and last line
    ("decorated", PYTHON, 7, "first", 3, 8),
    ("blank line inside", PYTHON, 6, "first", 3, 8),
    ("on the header", PYTHON, 4, "first", 3, 8),
    ("on the decorator", PYTHON, 3, "first", 3, 8),
    ("class body", PYTHON, 12, "Thing", 11, 24),
    ("long signature", PYTHON, 18, "method", 14, 18),
    ("nested", PYTHON, 22, "inner", 21, 22),
    ("after nested", PYTHON, 24, "other", 20, 24),
    ("top level", PYTHON, 27, None, 0, 0),
    ("import", PYTHON, 0, None, 0, 0),
    ("ts function", TYPESCRIPT, 5, "add", 2, 8),
    ("ts arrow", TYPESCRIPT, 11, "twice", 10, 12),
    ("ts method", TYPESCRIPT, 18, "get", 17, 19),
    ("ts class", TYPESCRIPT, 15, "Box", 14, 20),
    ("go method", GO, 4, "Handle", 2, 6),
    ("go type", GO, 9, "Server", 8, 10),
    ("rust struct", RUST, 2, "Point", 0, 3),
    ("rust fn", RUST, 10, "norm", 6, 11),
    ("c main", C, 9, "main", 6, 12),
    ("ruby", RUBY, 3, "total", 1, 5),
    ("lua", LUA, 1, "greet", 0, 2),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "name", "first", "last"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_enclosing(text: str, line: int, name: str | None, first: int, last: int) -> None:
    found = enclosing(Snapshot.of("file:///a", text), line, line)
    if name is None:
        assert found is None
        return
    assert found is not None
    assert (found.name, found.first_line, found.last_line) == (name, first, last)


def test_a_selection_over_two_definitions_gives_what_holds_both() -> None:
    found = enclosing(Snapshot.of("file:///a", PYTHON), 18, 20)
    assert found is not None
    assert found.name == "Thing"


def test_nothing_encloses_in_an_empty_text() -> None:
    assert enclosing(Snapshot.of("file:///a", ""), 0, 0) is None
