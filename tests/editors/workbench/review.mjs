// Review: a change is seen while it is written; two of its three hunks land, by lens and by key.
import assert from "node:assert";
import fs from "node:fs";
import { scenario } from "./driver.mjs";

await scenario("review", async (code) => {
  await code.open("bill.py", { until: "def total" });
  await code.ready();
  await code.goTo(4);
  await code.command("Homespun: Edit with an Instruction");
  await code.type("say the types and round");
  await code.lens("accepted").first().waitFor();
  await code.until(async () => (await code.lens("accepted").count()) >= 3, "three hunks");
  await code.changes.getByText("bill.py").waitFor();
  await code.picture("review-waiting");
  // The second hunk is not wanted: by the lens.
  await code.lens("Reject").nth(1).click();
  await code.lens("rejected").waitFor();
  // The third: away and back again, by keys.
  await code.goTo(8);
  await code.keyboard.press("Control+Alt+Backspace");
  await code.until(async () => (await code.lens("rejected").count()) === 2, "rejected by its key");
  await code.keyboard.press("Control+Alt+Enter");
  await code.until(async () => (await code.lens("rejected").count()) === 1, "accepted by its key");
  await code.picture("review-decided");
  await code.lens("Show the diff").first().click();
  await code.page.locator(".monaco-diff-editor").waitFor();
  await code.page.locator(".monaco-diff-editor .line-insert").first().waitFor();
  await code.picture("review-diff");
  await code.command("Homespun: Apply What Is Accepted");
  await code.toast("scripted/scripted (local)").waitFor();
  await code.until(async () => (await code.page.locator(".monaco-diff-editor").count()) === 0, "the diff editor closed");
  await code.line("list[float]").waitFor();
  await code.keyboard.press("Control+s");
  const read = () => fs.readFileSync(`${process.env.FOLDER}/bill.py`, "utf8");
  await code.until(() => read().includes("list[float]"), "saved");
  assert.match(read(), /def total\(prices: list\[float\], tip: float\) -> float:/);
  assert.match(read(), /extra = subtotal \* tip\n/);
  assert.match(read(), /return round\(whole, 2\)/);
  await code.picture("review-applied");
  await code.command("Homespun: Undo the Last Change");
  await code.until(async () => (await code.line("list[float]").count()) === 0, "undone");
});
