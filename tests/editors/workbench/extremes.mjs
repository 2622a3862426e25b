// Answers at their extremes: none at all, for an edit and for an explanation; then one of 38,000 characters.
import assert from "node:assert";
import { scenario } from "./driver.mjs";

/** Characters after which a thread has its full height. */
const TALL = 3000;

await scenario("extremes", async (code) => {
  await code.open("bill.py", { until: "def shares" });
  await code.ready();
  await code.goTo(4);
  await code.command("Homespun: Edit with an Instruction");
  await code.type("say nothing");
  await code.toast("The model answered nothing").waitFor();
  await code.picture("extremes-no-edit");

  await code.goTo(12, 5);
  await code.command("Homespun: Explain");
  const thread = code.threads.first();
  await thread.getByText("s in all").waitFor({ timeout: 60000 });
  const reply = thread.locator(".comment-form .monaco-editor:visible, .review-thread-reply-button:visible").first();
  const ask = async (question) => {
    await reply.click();
    await code.keyboard.type(question);
    await thread.locator(".monaco-button", { hasText: "Ask" }).click();
  };
  await ask("say nothing");
  await thread.getByText("The model answered nothing.").waitFor();
  await code.picture("extremes-nothing");

  await ask("at length");
  const answer = thread.locator(".comment-body").last();
  const [places, lengths] = [new Set(), new Set()];
  await code.until(async () => {
    const [text, box] = [await answer.innerText(), await thread.boundingBox()];
    if (text.length > TALL) places.add(JSON.stringify(box));
    lengths.add(text.length);
    return text.endsWith("beside Ask.");
  }, "its beginning, and that there is more", 120000);
  assert.strictEqual(places.size, 1, `the thread moved: ${[...places]}`);
  assert.ok(lengths.size > 10, `it grows: ${[...lengths]}`);
  // Beside Ask, for the thread's title is far above.
  const whole = thread.locator(".monaco-button", { hasText: "Open All of It as a Document" });
  await code.until(async () => {
    if (await reply.isVisible()) await reply.click();
    return whole.isVisible();
  }, "the button for all of it", 60000);
  await code.picture("extremes-long");
  await whole.click();
  await code.page.locator(".tab.active", { hasText: "Untitled" }).waitFor();
  await code.keyboard.press("Control+End");
  await code.page.locator(".view-line", { hasText: "the very end" }).first().waitFor();
  await code.picture("extremes-whole");
});
