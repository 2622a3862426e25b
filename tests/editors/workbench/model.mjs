// Choose a model: each server with its health; the chosen one is asked before it serves.
import assert from "node:assert";
import { scenario } from "./driver.mjs";

await scenario("model", async (code) => {
  await code.open("bill.py", { until: "def total" });
  await code.ready();
  await code.command("Homespun: Choose the Model");
  const rows = code.page.locator(".quick-input-list .monaco-list-row");
  await rows.filter({ hasText: "spare · local" }).waitFor();
  await rows.filter({ hasText: "unreachable" }).first().waitFor();
  // Ollama's models are managed where `allow_pull` says so, and only there.
  const offered = (name) => rows.filter({ hasText: `${name}: unreachable` }).locator(".codicon-cloud-download").count();
  await rows.filter({ hasText: "pond: unreachable" }).waitFor();
  assert.deepStrictEqual([await offered("pond"), await offered("well")], [1, 0]);
  await code.picture("model-list");
  await rows.filter({ hasText: "spare · local" }).click();
  await code.toast("answers from now on").waitFor();
  await code.page.locator(".statusbar-item", { hasText: "spare/scripted" }).waitFor();
  await code.picture("model-chosen");
});
