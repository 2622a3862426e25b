// Two windows on one folder: a change that waits is one window's, and each has its own server.
import assert from "node:assert";
import { Workbench, scenario } from "./driver.mjs";

await scenario("windows", async (code) => {
  await code.open("bill.py", { until: "def total" });
  await code.ready();
  const other = new Workbench(await code.page.context().newPage());
  await other.open("bill.py", { until: "def total" });
  await other.ready();

  await code.page.bringToFront();
  await code.goTo(4);
  await code.command("Homespun: Edit with an Instruction");
  await code.type("say the types and round");
  await code.until(async () => (await code.lens("accepted").count()) >= 3, "three hunks");
  await other.page.bringToFront();
  await other.line("def shares").click();
  assert.strictEqual(await other.lens("accepted").count(), 0, "the other window is not asked");
  await other.goTo(12, 5);
  await other.command("Homespun: Explain");
  await other.threads.first().getByText("Sentence 24").waitFor({ timeout: 60000 });
  await other.picture("windows-other");
  await other.page.close();

  await code.page.bringToFront();
  await code.command("Homespun: Apply What Is Accepted");
  await code.line("list[float]").waitFor();
  await code.picture("windows-applied");
});
