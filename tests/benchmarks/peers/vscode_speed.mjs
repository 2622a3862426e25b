// What a user of VS Code waits for, measured in its own page: prints one JSON object.
import fs from "node:fs";
import { scenario } from "../../editors/workbench/driver.mjs";

const { FOLDER, NOTES } = process.env;
const KEYS = 60;
const STARTS = 5;
const TURNS = 5;

/** In the page: when words come to be seen, how often a thread changes, how long a key takes. */
function watch() {
  const now = () => performance.timeOrigin + performance.now();
  const seen = (window.seen = { drawings: 0, keys: [] });
  let pressed;
  document.addEventListener("keydown", () => (pressed = performance.now()), true);
  const typed = () => {
    if (pressed !== undefined) seen.keys.push(performance.now() - pressed);
    pressed = undefined;
  };
  new MutationObserver(typed).observe(document.querySelector(".monaco-editor .view-lines"), {
    subtree: true,
    childList: true,
    characterData: true,
  });
  const marks = () =>
    [...document.querySelectorAll('.view-line span[class*="ced-"]')].map((mark) => getComputedStyle(mark, "::after").content);
  let length = 0;
  const look = () => {
    const thread = document.querySelector(".review-widget .comment-body")?.textContent ?? "";
    if (thread.length !== length) seen.drawings += 1;
    length = thread.length;
    if (thread.includes("fast")) seen.thread ??= now();
    if (seen.behind === undefined && marks().some((words) => words.includes("fast"))) seen.behind = now();
    requestAnimationFrame(look);
  };
  look();
}

await scenario("speed", async (code) => {
  const measured = { activation: [], behind: [], thread: [], drawings: [], busy: [], alone: [], explained: [], reviewed: [] };
  const seen = () => code.page.evaluate(() => window.seen);
  const type = async (line) => {
    await code.goTo(line, 1);
    await code.page.evaluate(() => (window.seen.keys = []));
    for (let key = 0; key < KEYS; key += 1) {
      await code.keyboard.press("#");
      await code.page.waitForTimeout(30);
    }
    return (await seen()).keys;
  };

  const drawings = async (during) => {
    const [before, since] = [(await seen()).drawings, Date.now()];
    await during();
    return (1000 * ((await seen()).drawings - before)) / (Date.now() - since);
  };

  for (let start = 0; start < STARTS; start += 1) {
    await code.open("bill.py", { until: "def total" });
    await code.ready();
    await code.command("Developer: Show Running Extensions");
    const row = code.page.locator(".runtime-extensions-editor .extension", { hasText: "Homespun" });
    measured.activation.push(Number(/(\d+)ms/.exec(await row.locator(".activation-time").innerText())[1]));
  }
  await code.keyboard.press("Control+w");
  await code.line("def total").click();
  await code.page.evaluate(watch);

  measured.alone = await type(30);
  await code.goTo(4);
  await code.command("Homespun: Edit with an Instruction");
  await code.type("say the types and round");
  await code.until(async () => (await code.lens("accepted").count()) >= 3, "three hunks");
  measured.reviewed = await type(30);
  await code.command("Homespun: Discard the Whole Change");
  await code.until(async () => (await code.lens("accepted").count()) === 0, "none any more");
  for (let turn = 0; turn < TURNS; turn += 1) {
    // The explanation before goes away first: its words must not count as this one's.
    if (turn > 0) {
      await code.goTo(12, 5);
      await code.threads.locator('[aria-label="Dismiss This Explanation"]').click();
    }
    await code.until(async () => (await code.threads.count()) === 0, "no explanation");
    const told = fs.existsSync(NOTES) ? fs.readFileSync(NOTES, "utf8").length : 0;
    await code.page.evaluate(() => {
      delete window.seen.thread;
      delete window.seen.behind;
    });
    await code.goTo(12, 5);
    await code.command("Homespun: Explain");
    await code.until(async () => (await seen()).thread, "words in the thread");
    const begun = Number(fs.readFileSync(NOTES, "utf8").slice(told).split("\n")[0]);
    const { behind, thread } = await seen();
    measured.behind.push(behind - begun);
    measured.thread.push(thread - begun);
    measured.drawings.push(await drawings(() => code.page.waitForTimeout(3000)));
    measured.busy.push(await drawings(async () => measured.explained.push(...(await type(30)))));
  }
  fs.writeFileSync(`${FOLDER}.json`, JSON.stringify(measured));
});
