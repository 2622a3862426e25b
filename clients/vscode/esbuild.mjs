// For the extension host, without what the editor brings: the extension, and apart from it what is
// loaded later; and what the unit tests load.
import fs from "node:fs";
import { build } from "esbuild";

const HOST = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  minify: true,
  legalComments: "none",
  metafile: true,
};
const extension = await build({
  ...HOST,
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  external: ["vscode", "./library"],
  supported: { "dynamic-import": false }, // by `require`, as it is a file of that kind
  banner: { js: "const loadingBegan = performance.now();" },
});
const library = await build({
  ...HOST,
  entryPoints: ["src/library.ts"],
  outfile: "dist/library.js",
  external: ["vscode"],
});
await build({
  entryPoints: ["src/counting.ts", "src/places.ts", "src/review/marks.ts"],
  outdir: "dist/test",
  entryNames: "[name]",
  outExtension: { ".js": ".mjs" },
  format: "esm",
  platform: "node",
});

// The licences of the packages that went into these files.
const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;
const inputs = [extension, library].flatMap(({ metafile }) => Object.keys(metafile.inputs));
const packages = inputs.map((name) => PACKAGE.exec(name)?.[0]);
const licences = [...new Set(packages)].filter(Boolean).map((folder) => {
  const { name, version, license } = JSON.parse(fs.readFileSync(`${folder}/package.json`, "utf8"));
  const file = fs.readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  const text = file === undefined ? "" : fs.readFileSync(`${folder}/${file}`, "utf8");
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
});
fs.writeFileSync("dist/LICENCES.txt", licences.join(`\n${"-".repeat(80)}\n\n`));
