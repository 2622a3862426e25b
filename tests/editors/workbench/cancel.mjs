// Cancel: by the notification while the model writes, and by the thread while it explains.
import { scenario } from "./driver.mjs";

await scenario("cancel", async (code) => {
  await code.open("bill.py", { until: "def total" });
  await code.ready();
  await code.goTo(4);
  await code.command("Homespun: Edit with an Instruction");
  await code.type("an edit that never ends");
  await code.toast("The model is writing").waitFor();
  await code.picture("cancel-writing");
  await code.toast("The model is writing").hover();
  await code.button("The model is writing", "Cancel");
  await code.toast("The model is writing").waitFor({ state: "detached" });
  const status = code.page.locator(".statusbar-item", { hasText: "scripted" });
  await code.until(async () => !/writing/.test(await status.innerText()), "the status at rest");
});
