// One file for the extension host, without what the editor brings; and what the unit tests load.
import fs from "node:fs";
import { build } from "esbuild";

const built = await build({
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
  minify: true,
  banner: { js: "const loadingBegan = performance.now();" },
  legalComments: "none",
  metafile: true,
});
await build({
  entryPoints: ["src/places.ts", "src/review/marks.ts"],
  outdir: "dist/test",
  entryNames: "[name]",
  outExtension: { ".js": ".mjs" },
  format: "esm",
  platform: "node",
});

// The licences of the packages that went into the one file.
const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;
const packages = Object.keys(built.metafile.inputs).map((name) => PACKAGE.exec(name)?.[0]);
const licences = [...new Set(packages)].filter(Boolean).map((folder) => {
  const { name, version, license } = JSON.parse(fs.readFileSync(`${folder}/package.json`, "utf8"));
  const file = fs.readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  const text = file === undefined ? "" : fs.readFileSync(`${folder}/${file}`, "utf8");
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
});
fs.writeFileSync("dist/LICENCES.txt", licences.join(`\n${"-".repeat(80)}\n\n`));
