// What can be wrong with the server ends in a clear message, and goes on once it is mended.
import fs from "node:fs";
import { WORKING, scenario, set } from "./driver.mjs";

const { SETTINGS, OLD_SERVER } = process.env;

/** The server that this VS Code has started: its folder is among what the process was told. */
function killServer() {
  const { "homespun.server.path": program } = JSON.parse(fs.readFileSync(SETTINGS, "utf8"));
  for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const words = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      if (words.includes(program) && words.includes("lsp")) process.kill(Number(pid), "SIGKILL");
    } catch {
      // it has ended meanwhile
    }
  }
}

await scenario("faults", async (code) => {
  await code.open("bill.py", { until: "def total" });
  await code.ready();
  await code.goTo(4);

  await code.command("Homespun: Edit with an Instruction");
  await code.type("an edit that never ends");
  await code.toast(WORKING).waitFor();
  killServer();
  await code.toast("in the middle of a job").waitFor();
  await code.picture("faults-crash");
  await code.ready();

  let mend = set({ "homespun.server.path": OLD_SERVER });
  await code.toast("is version 0.0.1").waitFor();
  await code.picture("faults-old");
  mend();
  await code.ready();

  // The two settings at once: what the first one's message tells is that VS Code has read both.
  mend = set({
    "homespun.server.path": "/nowhere/homespun",
    "homespun.server.python": "/nowhere/python3",
  });
  await code.toast("which is not there").waitFor();
  await code.command("Homespun: Install the Server");
  await code.toast("needs Python 3.11").waitFor();
  await code.picture("faults-python");
  mend();
  await code.ready();
});
