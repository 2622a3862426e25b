// The walkthrough, opened for the first time when the server runs already: its first step is done.
import { scenario } from "./driver.mjs";

await scenario("walkthrough", async (code) => {
  await code.open("bill.py", { until: "def total" });
  await code.ready();
  await code.walkthrough();
  await code.step("Install the server", { done: true }).waitFor();
  await code.step("Change some code", { done: false }).waitFor();
  await code.picture("walkthrough");
});
