// A VS Code in Chromium, as a person sees it. Each scenario is a program of its own that ends with
// exit code 0 when all it looked for was there; on failure it leaves a picture.
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";

const { PLAYWRIGHT, CHROMIUM, ADDRESS, FOLDER, ARTIFACTS, SETTINGS } = process.env;
const { chromium } = createRequire(`${PLAYWRIGHT}/`)("./index.js");
/** What a notification says while a model answers. */
export const WORKING = /\d+ tokens, \d+ a second/;

export const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export class Workbench {
  constructor(page) {
    this.page = page;
    this.keyboard = page.keyboard;
    this.editor = page.locator(".editor-instance .monaco-editor").first();
    this.status = page.locator("#homespun\\.homespun\\.homespun\\.status");
    this.toasts = page.locator(".notifications-toasts");
    this.threads = page.locator(".review-widget");
    this.changes = page.locator(".pane", { hasText: "Homespun: Changes" });
  }

  async open(file, { until } = {}) {
    await this.page.goto(`${ADDRESS}/?folder=${FOLDER}`, { timeout: 90000 });
    await this.page.waitForSelector(".monaco-workbench", { timeout: 60000 });
    const row = this.page.locator(`.explorer-folders-view [aria-label^="${file}"]`);
    await row.waitFor({ timeout: 60000 });
    await this.until(async () => {
      await row.dblclick(); // a click can fall before the explorer listens
      return this.line(until).waitFor({ timeout: 5000 }).then(() => true, () => false);
    }, `${file} opened`, 60000);
    await this.line(until).click();
  }

  /** The server is up once the status item shows no trouble and no start. */
  async ready(timeout = 60000) {
    await this.page.locator(".statusbar-item", { hasText: /scripted/ }).waitFor({ timeout });
  }

  line(text) {
    return this.editor.locator(".view-line", { hasText: text }).first();
  }

  /** Put the cursor on a line of the file, from 1. */
  async goTo(line, column = 1) {
    await this.keyboard.press("Control+g");
    await this.page.locator(".quick-input-widget input").fill(`:${line},${column}`);
    await this.keyboard.press("Enter");
  }

  async command(title) {
    await this.keyboard.press("F1");
    await this.page.locator(".quick-input-widget input").fill(`>${title}`);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().waitFor();
    await this.keyboard.press("Enter");
  }

  async type(text) {
    const input = this.page.locator(".quick-input-widget input").first();
    await input.waitFor();
    await input.fill(text);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first().waitFor();
    await this.keyboard.press("Enter");
  }

  async walkthrough() {
    await this.command("Welcome: Open Walkthrough");
    await this.type("Get started with Homespun");
  }

  /** A step of the walkthrough, as far as it is `done` or not. */
  step(title, { done }) {
    const step = this.page.locator(".getting-started-step", { hasText: title });
    return step.locator(`[aria-checked="${done}"]`);
  }

  lens(title) {
    return this.page.locator(".codelens-decoration a", { hasText: title });
  }

  toast(text) {
    return this.page.locator(".notifications-toasts .notification-list-item", { hasText: text }).first();
  }

  async button(text, title) {
    await this.toast(text).locator(".monaco-button", { hasText: title }).click();
  }

  async picture(name) {
    await this.page.screenshot({ path: path.join(ARTIFACTS, `${name}.png`) });
  }

  /** Poll until `look` gives something true, and give it. */
  async until(look, what, milliseconds = 30000) {
    const end = Date.now() + milliseconds;
    for (;;) {
      const found = await look();
      if (found) return found;
      if (Date.now() > end) throw new Error(`never seen: ${what}`);
      await this.page.waitForTimeout(20);
    }
  }
}

/**
 * Change the user's settings of this machine under a running VS Code, until the scenario ends or what
 * this gives is called.
 */
export function set(changes) {
  const before = fs.readFileSync(SETTINGS, "utf8");
  fs.writeFileSync(SETTINGS, JSON.stringify({ ...JSON.parse(before), ...changes }));
  return () => fs.writeFileSync(SETTINGS, before);
}

/** Run a scenario in a fresh browser. */
export async function scenario(name, play) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(30000);
  const workbench = new Workbench(page);
  const begun = Date.now();
  try {
    await play(workbench);
    console.log(`${name}: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  } catch (error) {
    console.error(error.stack);
    await workbench.picture(`${name}-failed`).catch(() => undefined);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}
