import assert from "node:assert";
import { test } from "node:test";
import { inEnvironment, inWorkspace, isOlder, onPath } from "../dist/test/places.mjs";

const machine = (path, ...files) => ({
  platform: "linux",
  path,
  isFile: (name) => files.includes(name),
});

test("the first on PATH serves; a relative folder is never looked into", () => {
  const files = ["/b/homespun", "/c/homespun", "./homespun", "homespun"];
  assert.strictEqual(onPath("homespun", machine(".::/a:/b:/c", ...files)), "/b/homespun");
  assert.strictEqual(onPath("homespun", machine("", ...files)), undefined);
});

test("on Windows programs have an ending", () => {
  const windows = { ...machine("C:\\a", "C:\\a\\homespun.exe"), platform: "win32" };
  assert.strictEqual(onPath("homespun", windows), "C:\\a\\homespun.exe");
  assert.strictEqual(inEnvironment("C:\\e", "python", "win32"), "C:\\e\\Scripts\\python.exe");
});

test("an environment of any of the folders serves", () => {
  const found = inWorkspace("homespun", ["/a", "/b"], machine("", "/b/venv/bin/homespun"));
  assert.strictEqual(found, "/b/venv/bin/homespun");
});

test("versions are compared by their numbers", () => {
  const older = [
    ["0.9.0", "0.10.0"],
    ["0", "0.1.0"],
    ["nonsense", "0.1.0"],
  ];
  const not = [
    ["0.1.0", "0.1.0"],
    ["1.0", "0.9.9"],
    ["0.1.1.dev3", "0.1.0"],
  ];
  assert.deepStrictEqual(
    [...older, ...not].map(([found, needed]) => isOlder(found, needed)),
    [true, true, true, false, false, false],
  );
});
