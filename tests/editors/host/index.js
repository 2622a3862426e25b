// Runs inside the real extension host: `vscode` is the real API.
const path = require("node:path");
const loaded = require(path.join(process.env.HOMESPUN_CLIENT, "node_modules", "mocha"));
const Mocha = loaded.default ?? loaded;

exports.run = () =>
  new Promise((resolve, reject) => {
    const mocha = new Mocha({ ui: "bdd", timeout: 60000, color: false, reporter: "spec" });
    mocha.addFile(path.join(__dirname, "suite.js"));
    mocha
      .run((failed) => (failed ? reject(new Error(`${failed} failed`)) : resolve()))
      .on("fail", (test, error) => console.log(`${test.title}: ${error.stack}`)); // at once: the end may not come
  });
