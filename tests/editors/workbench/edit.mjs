// Edit by instruction: asked for by its key, seen to stream, landed, told by whom, and undone.
import assert from "node:assert";
import { scenario } from "./driver.mjs";

await scenario("edit", async (code) => {
  await code.open("bill.py", { until: "def total" });
  await code.ready();
  await code.goTo(4);
  await code.keyboard.press("Control+Alt+h");
  await code.type("round the total to cents");
  await code.until(async () => /tokens\/s/.test(await code.page.locator(".statusbar").innerText()), "speed in the status bar");
  await code.picture("edit-streaming");
  await code.line("round(").waitFor();
  await code.toast("scripted/scripted (local)").waitFor();
  assert.match(await code.toast("scripted/scripted (local)").innerText(), /tokens.*s in all/s);
  await code.picture("edit-done");
  await code.button("scripted/scripted (local)", "Undo");
  await code.until(async () => (await code.line("round(").count()) === 0, "the change undone");
});
