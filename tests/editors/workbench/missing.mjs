// The server is missing: said, and mended by the button.
import { scenario, set } from "./driver.mjs";

await scenario("missing", async (code) => {
  const mend = set({ "homespun.server.path": "" });
  try {
    await code.open("bill.py", { until: "def total" });
    await code.toast("its server is not on this machine").waitFor({ timeout: 60000 });
    await code.picture("missing-asked");
    await code.button("its server is not on this machine", "Install");
    await code.toast("installing its server").waitFor();
    await code.picture("missing-installing");
    await code.ready(150000);
    await code.picture("missing-mended");
  } finally {
    mend();
  }
});
