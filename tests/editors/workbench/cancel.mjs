// Cancel: by the notification while the model writes, and by the thread while it explains.
import { WORKING, scenario } from "./driver.mjs";

await scenario("cancel", async (code) => {
  await code.open("bill.py", { until: "def total" });
  await code.ready();
  await code.goTo(4);
  await code.command("Homespun: Edit with an Instruction");
  await code.type("an edit that never ends");
  await code.toast(WORKING).waitFor();
  await code.picture("cancel-writing");
  await code.toast(WORKING).hover();
  await code.button(WORKING, "Cancel");
  await code.toast(WORKING).waitFor({ state: "detached" });
  const status = code.page.locator(".statusbar-item", { hasText: "scripted" });
  await code.until(async () => !/tokens|reading|writing/.test(await status.innerText()), "the status at rest");
});
