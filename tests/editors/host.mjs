// Runs the suite inside the extension host of a VS Code that Chromium shows.
import { createRequire } from "node:module";
import { FLAGS } from "./workbench/driver.mjs";

const { PLAYWRIGHT, CHROMIUM, ADDRESS, FOLDER, SUITE } = process.env;
const { chromium } = createRequire(`${PLAYWRIGHT}/`)("./index.js");
const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
let end;
const over = new Promise((resolve) => (end = resolve));
// What fails, the suite itself says; of the rest a workbench without all of its parts is full.
await page.exposeFunction("codeAutomationLog", (kind, said) => {
  if (kind === "info" && !/^(\[|Re|Ext|\w+ing )/.test(said[0])) console.log(...said);
});
await page.exposeFunction("codeAutomationExit", (code) => end(code));
const remote = `vscode-remote://${new URL(ADDRESS).host}${SUITE}`;
const payload = JSON.stringify([
  ["extensionDevelopmentPath", remote],
  ["extensionTestsPath", `${remote}/index.js`],
  ["skipWelcome", "true"],
]);
await page.goto(`${ADDRESS}/?folder=${FOLDER}&payload=${encodeURIComponent(payload)}`);
const late = new Promise((resolve) => setTimeout(() => resolve("too late"), 250000).unref());
const code = await Promise.race([over, late]);
console.log(`exit code ${code}`);
await browser.close();
process.exit(code === 0 ? 0 : 1);
