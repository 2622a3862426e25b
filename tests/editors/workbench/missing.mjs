// The server is missing: said, and mended by the button.
import { scenario, set } from "./driver.mjs";

await scenario("missing", async (code) => {
  set({ "homespun.server.path": "" });
  await code.open("bill.py", { until: "def total" });
  await code.toast("its server is not on this machine").waitFor({ timeout: 60000 });
  await code.picture("missing-asked");
  // As who begins does: with the walkthrough beside it, whose first step this is.
  await code.walkthrough();
  await code.step("Install the server", { done: false }).waitFor();
  await code.button("its server is not on this machine", "Install");
  await code.toast("installing its server").waitFor();
  await code.picture("missing-installing");
  await code.ready(150000);
  await code.step("Install the server", { done: true }).waitFor();
  await code.picture("missing-mended");
});
