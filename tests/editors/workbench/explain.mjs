// Explain: a comment thread below the code that grows while the model speaks; then a question.
import assert from "node:assert";
import { scenario } from "./driver.mjs";

await scenario("explain", async (code) => {
  await code.open("bill.py", { until: "def shares" });
  await code.ready();
  await code.goTo(12, 5);
  await code.keyboard.press("Shift+End");
  await code.command("Homespun: Explain");
  const thread = code.threads.first();
  await thread.getByText("Sentence").first().waitFor();
  const lengths = new Set();
  await code.until(async () => {
    lengths.add((await thread.innerText()).length);
    return lengths.size > 5;
  }, "an explanation that grows");
  await code.picture("explain-streaming");
  await thread.getByText("s in all").waitFor({ timeout: 60000 });
  assert.match(await thread.innerText(), /scripted\/scripted \(local\).*s in all/s);
  assert.ok((await thread.locator("strong").count()) > 0, "Markdown is rendered");
  await code.picture("explain-done");
  await code.line("def shares").click();
  await code.goTo(1);
  await code.keyboard.type("# typed since\n");
  await code.line("# typed since").waitFor();
  const reply = thread.locator(".comment-form .monaco-editor, .review-thread-reply-button").first();
  await reply.click();
  await code.keyboard.type("what about nobody?");
  await thread.locator(".monaco-button", { hasText: "Ask" }).click();
  await thread.getByText("It divides by").waitFor();
  await code.picture("explain-question");
});
