import assert from "node:assert";
import { test } from "node:test";
import { count } from "../dist/test/counting.mjs";

test("one of a thing has no s", () => {
  assert.deepStrictEqual(
    [0, 1, 2, 21].map((number) => count(number, "file")),
    ["0 files", "1 file", "2 files", "21 files"],
  );
});
