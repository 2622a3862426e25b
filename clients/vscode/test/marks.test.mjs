import assert from "node:assert";
import { test } from "node:test";
import { counts, diffOf, marksOf, neighbour } from "../dist/test/marks.mjs";

const hunk = (start, end, before, after, more = {}) => ({
  index: 0,
  start,
  end,
  before,
  after,
  accepted: true,
  refusal: "",
  ...more,
});
const file = (...hunks) => ({ accepted: true, hunks });

test("each line that comes stands behind one that goes, the rest behind the last", () => {
  const marks = marksOf(file(hunk(1, 3, "a\nb\n", "x\ny\n  z\n")), 9);
  assert.deepStrictEqual(
    marks.removed.map(({ first, last }) => [first, last]),
    [[1, 2]],
  );
  assert.deepStrictEqual(
    marks.ghosts.map(({ line, text }) => [line, text]),
    [
      [1, "x"],
      [2, "y ⏎ z"],
    ],
  );
});

test("lines that only come stand behind the line before them, at the top behind the first", () => {
  const lines = (start) => marksOf(file(hunk(start, start, "", "new\n")), 9).ghosts;
  assert.deepStrictEqual([lines(4)[0].line, lines(0)[0].line], [3, 0]);
});

test("lines that only go have no ghost, and a refused hunk has nothing", () => {
  assert.deepStrictEqual(marksOf(file(hunk(1, 2, "a\n", "")), 9).ghosts, []);
  const refused = marksOf(file(hunk(1, 2, "a\n", "b\n", { refusal: "changed" })), 9);
  assert.deepStrictEqual(refused, { removed: [], ghosts: [] });
});

test("a hunk of a file that is left is left", () => {
  const marks = marksOf({ ...file(hunk(1, 2, "a\n", "b\n")), accepted: false }, 9);
  assert.deepStrictEqual([marks.removed[0].accepted, marks.ghosts[0].accepted], [false, false]);
});

test("a long line is cut, and no mark lies beyond the file", () => {
  const marks = marksOf(file(hunk(8, 9, "a", "b".repeat(500))), 9);
  assert.deepStrictEqual([marks.ghosts[0].text.length, marks.removed[0].last], [100, 8]);
});

test("a diff and its counts are by lines, whatever ends them", () => {
  const one = hunk(0, 2, "a\r\nb\r\n", "c");
  assert.strictEqual(diffOf(one), "-a\n-b\n+c");
  assert.strictEqual(counts(one), "+1 -2");
});

test("the next change comes round again", () => {
  assert.deepStrictEqual(
    [neighbour([3, 7], 3, 1), neighbour([3, 7], 9, 1), neighbour([3, 7], 7, -1)],
    [7, 3, 3],
  );
  assert.strictEqual(neighbour([], 3, 1), undefined);
});
