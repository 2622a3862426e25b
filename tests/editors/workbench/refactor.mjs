// A refactor of the workspace: its files are chosen from a list, the change is shown as one and made;
// closing the list leaves all as it is.
import assert from "node:assert";
import fs from "node:fs";
import { scenario, set } from "./driver.mjs";

const { FOLDER } = process.env;

await scenario("refactor", async (code) => {
  set({ "homespun.refactor.files_in_a_request": 1, "homespun.edit_format": "hunks" });
  const read = (name) => fs.readFileSync(`${FOLDER}/${name}`, "utf8");
  const rows = code.page.locator(".quick-input-list .monaco-list-row");
  const begin = async () => {
    await code.goTo(1, 5);
    await code.command("Homespun: Refactor the Workspace");
    await code.type("rename add to plus");
    await rows.filter({ hasText: "calc.py" }).waitFor({ timeout: 60000 });
    await rows.filter({ hasText: "more.py" }).waitFor();
  };
  const waiting = async () => {
    await code.changes.getByText("calc.py").waitFor({ timeout: 60000 });
    await code.changes.getByText("use.py").waitFor();
    await code.toast("waits for you").waitFor();
  };
  /** Leave one file out, and say no to the change of the others. */
  const discard = async () => {
    await rows.filter({ hasText: "more.py" }).locator(".quick-input-list-checkbox, input, .monaco-checkbox").first().click();
    await code.page.locator(".quick-input-widget .monaco-button", { hasText: "OK" }).click();
    await waiting();
    await code.button("waits for you", "Discard");
    await code.toast("what was not made is kept").waitFor();
  };
  const left = async (action) => {
    await code.command("Homespun: Refactors That Were Left");
    await rows.filter({ hasText: "2 of 2 files done" }).click();
    await rows.filter({ hasText: action }).click();
  };
  await code.open("calc.py", { until: "def add" });
  await code.ready();
  await begin();
  await code.keyboard.press("Escape");
  await code.toast("Nothing was changed").waitFor();
  assert.match(read("calc.py"), /def add/);

  await begin();
  await code.picture("refactor-survey");
  await discard();
  await left("Show what is done");
  await code.line("+def plus(a, b):").waitFor();
  await left("Forget it");
  await code.toast("is forgotten. No file was changed.").waitFor();

  await code.page.locator(".tab", { hasText: "calc.py" }).click();
  await begin();
  await discard();
  await left("Go on");
  await waiting();
  await code.picture("refactor-review");
  await code.button("waits for you", "Apply all");
  await code.toast("scripted/scripted (local)").waitFor();
  await code.picture("refactor-done");
  await code.button("scripted/scripted (local)", "Save all");
  await code.until(() => read("use.py").includes("plus(1, 2)") && read("calc.py").includes("def plus"), "saved");
  assert.match(read("more.py"), /add\(3, 4\)/);

  await code.command("Homespun: Refactors That Were Left");
  await code.toast("no refactor was left").waitFor();
});
