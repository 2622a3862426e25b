// The pictures of the documentation: a change under review, and an explanation that is being written.
import { scenario } from "./driver.mjs";

await scenario("pictures", async (code) => {
  await code.page.setViewportSize({ width: 1200, height: 700 });
  await code.open("bill.py", { until: "def total" });
  await code.ready();
  await code.goTo(4);
  await code.command("Homespun: Edit with an Instruction");
  await code.type("say the types and round");
  await code.until(async () => (await code.lens("accepted").count()) >= 3, "three hunks");
  await code.changes.getByText("Line 8").waitFor();
  await code.toast("waits for you").waitFor();
  await code.picture("vscode-review");
  await code.button("waits for you", "Discard");
  await code.until(async () => (await code.lens("accepted").count()) === 0, "none any more");
  await code.command("Notifications: Clear All Notifications");
  await code.goTo(12, 5);
  await code.command("Homespun: Explain");
  await code.threads.first().getByText("a list with one equal share").waitFor();
  await code.threads.first().getByText("divides by zero").waitFor();
  await code.picture("vscode-explain");
});
