// One file for the extension host, without what the editor brings; and what the unit tests load.
import { build } from "esbuild";

await build({
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
  minify: true,
  legalComments: "linked",
});
await build({
  entryPoints: ["src/places.ts", "src/review/marks.ts"],
  outdir: "dist/test",
  entryNames: "[name]",
  outExtension: { ".js": ".mjs" },
  format: "esm",
  platform: "node",
});
