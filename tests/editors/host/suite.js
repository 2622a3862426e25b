const assert = require("node:assert");
const fs = require("node:fs");
const vscode = require("vscode");

const RUN = (name, ...given) => vscode.commands.executeCommand(`homespun.ui.${name}`, ...given);

async function until(look, what) {
  for (let turn = 0; turn < 600; turn += 1) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`never seen: ${what}`);
}

describe("the extension", () => {
  let extension, api, editor, document, text;

  before(async () => {
    extension = vscode.extensions.getExtension("homespun.homespun");
    api = await extension.activate();
    await api.started;
    await until(() => api.server.state === "running", "a server that runs");
    const [folder] = vscode.workspace.workspaceFolders;
    document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, "bill.py"));
    editor = await vscode.window.showTextDocument(document);
    text = document.getText();
  });

  const params = (instruction) => ({
    textDocument: { uri: document.uri.toString() },
    range: { start: { line: 3, character: 0 }, end: { line: 3, character: 0 } },
    instruction,
  });
  const waiting = () => until(() => api.review.plans.all().find((one) => one.state === "waiting"), "a plan");
  const review = async () => {
    void api.server.request("homespun/edit", { ...params("say the types and round"), review: "always" });
    return waiting();
  };
  const over = () => until(() => api.review.plans.all().length === 0, "no plan any more");
  const active = () => vscode.window.activeTextEditor?.document;

  it("activates in time", () => {
    console.log(`activation: ${api.activation.toFixed(1)} ms`);
    assert.ok(extension.isActive);
  });

  it("runs on the machine where the folder is, with its server", async () => {
    assert.deepStrictEqual(extension.packageJSON.extensionKind, ["workspace"]);
    assert.strictEqual(extension.extensionKind, vscode.ExtensionKind.Workspace);
    assert.ok(vscode.env.remoteName, "this folder is a remote one: the editor is in a browser");
  });

  it("registers every command that it contributes", async () => {
    const known = new Set(await vscode.commands.getCommands(true));
    const named = extension.packageJSON.contributes.commands.map((one) => one.command);
    assert.deepStrictEqual(named.filter((name) => !known.has(name)), []);
    assert.deepStrictEqual(named.filter((name) => !name.startsWith("homespun.ui.")), []);
    assert.ok(known.has("homespun.edit"), "the server's own are there beside them");
  });

  it("binds keys and menus to commands that there are", () => {
    const { commands, keybindings, menus, submenus } = extension.packageJSON.contributes;
    const named = new Set(commands.map((one) => one.command));
    const used = [...keybindings, ...Object.values(menus).flat()].filter((one) => one.command);
    assert.deepStrictEqual(used.filter((one) => !named.has(one.command)), []);
    assert.ok(submenus.every((one) => menus[one.id].length > 0));
  });

  it("takes nothing that names a program, an address or a key from a folder", () => {
    const { capabilities, contributes } = extension.packageJSON;
    const properties = contributes.configuration[0].properties;
    const restricted = capabilities.untrustedWorkspaces.restrictedConfigurations;
    for (const name of ["server.path", "server.python", "model", "providers", "cloud.model", "review"]) {
      assert.strictEqual(properties[`homespun.${name}`].scope, "machine", name);
      assert.ok(restricted.includes(`homespun.${name}`), name);
    }
  });

  it("has walkthrough steps whose pages and commands are there", () => {
    const [walkthrough] = extension.packageJSON.contributes.walkthroughs;
    for (const step of walkthrough.steps) {
      assert.ok(fs.existsSync(`${extension.extensionPath}/${step.media.markdown}`), step.id);
    }
  });

  it("offers the server's code actions, and an edit lands and is undone", async () => {
    const range = new vscode.Range(3, 0, 3, 0);
    const actions = await until(async () => {
      const found = await vscode.commands.executeCommand("vscode.executeCodeActionProvider", document.uri, range);
      return found.some((one) => one.title.startsWith("Homespun: Edit total")) && found;
    }, "code actions");
    assert.ok(actions.some((one) => one.title.startsWith("Homespun: Explain")));
    await vscode.commands.executeCommand("homespun.edit", params("round the total to cents"));
    assert.match(document.getText(), /round\(whole, 2\)/);
    assert.match(api.status.text, /scripted\/scripted/);
    await RUN("undo");
    assert.strictEqual(document.getText(), text);
  });

  it("explains, in a thread of its own", async () => {
    editor.selection = new vscode.Selection(11, 4, 11, 20);
    await RUN("explain");
    assert.deepStrictEqual(api.explanations().map((one) => [one.contextValue, one.canReply]), [["said", true]]);
    const [thread] = api.explanations();
    assert.match(thread.comments.at(-1).label, /scripted\/scripted \(local\)/);
    assert.strictEqual(thread.comments.at(-1).body.isTrusted, false);
    await RUN("ask", { thread, text: "what about nobody?" });
    assert.match(thread.comments.at(-1).body.value, /It divides by/);
    await RUN("keep", thread);
    assert.strictEqual(thread.contextValue, "kept");
    await RUN("whole", thread);
    assert.match(active().getText(), /It divides by/);
    await RUN("dismiss", thread);
    assert.deepStrictEqual(api.explanations(), []);
    await vscode.window.showTextDocument(document);
  });

  it("stops an explanation", async () => {
    const explaining = vscode.commands.executeCommand("homespun.explain", { ...params(), question: "one that never ends" });
    const thread = await until(() => api.explanations()[0], "a thread");
    await until(() => thread.comments.at(-1)?.body.value.includes("Once"), "words");
    await RUN("stop", thread);
    await explaining;
    assert.match(thread.comments.at(-1).body.value, /Once.*Stopped\./s);
    await RUN("dismiss", thread);
  });

  it("draws at most twenty times a second, and answers keys meanwhile", async () => {
    const explaining = vscode.commands.executeCommand("homespun.explain", { ...params(), question: "how fast" });
    const thread = await until(() => api.explanations()[0], "a thread");
    await until(() => thread.comments.at(-1)?.body.value.includes("fast"), "words");
    const drawn = new Set();
    let slowest = 0;
    const begun = Date.now();
    while (drawn.size < 10) {
      drawn.add(thread.comments);
      const before = Date.now();
      await vscode.commands.executeCommand("cursorMove", { to: "right" });
      slowest = Math.max(slowest, Date.now() - before);
    }
    const rate = (1000 * drawn.size) / (Date.now() - begun);
    console.log(`drawings a second at 200 tokens a second: ${rate.toFixed(1)}; slowest key: ${slowest} ms`);
    assert.ok(rate <= 20, `${rate} drawings a second`);
    await RUN("stop", thread);
    await explaining;
    await RUN("dismiss", thread);
  });

  it("decides on hunks, files and all by their commands, and discards", async () => {
    const plan = await review();
    const [file] = plan.files;
    assert.strictEqual(file.hunks.length, 3);
    const taken = () => api.review.plans.get(plan.planId).files[0].hunks.map((one) => one.accepted);
    await RUN("rejectHunk", plan.planId, file.uri, 1);
    assert.deepStrictEqual(taken(), [true, false, true]);
    await RUN("acceptHunk", plan.planId, file.uri, 1);
    assert.deepStrictEqual(taken(), [true, true, true]);
    await RUN("rejectFile", plan.planId, file.uri);
    assert.strictEqual(api.review.plans.get(plan.planId).files[0].accepted, false);
    await RUN("acceptFile", plan.planId, file.uri);
    await RUN("rejectAll", plan.planId);
    await RUN("acceptAll", plan.planId);
    assert.deepStrictEqual(taken(), [true, true, true]);
    editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(0, 0, 0, 0);
    await RUN("nextChange");
    assert.strictEqual(editor.selection.active.line, 3);
    await RUN("previousChange");
    assert.strictEqual(editor.selection.active.line, 7);
    const lenses = await vscode.commands.executeCommand("vscode.executeCodeLensProvider", document.uri);
    assert.ok(lenses.some((one) => one.command?.command === "homespun.ui.rejectHunk"));
    await RUN("diff", plan.planId, file.uri);
    await until(() => active()?.uri.scheme === "homespun-proposed", "the diff editor");
    assert.match(active().getText(), /list\[float\]/);
    await RUN("discard", plan.planId);
    await over();
    assert.strictEqual(document.getText(), text);
  });

  it("keeps a change that comes while another waits apart from it", async () => {
    const first = await review();
    void api.server.request("homespun/edit", { ...params("round the total to cents"), review: "always" });
    const second = await until(
      () => api.review.plans.all().find((one) => one.state === "waiting" && one.planId !== first.planId),
      "a second plan",
    );
    const asked = async () => {
      const lenses = await vscode.commands.executeCommand("vscode.executeCodeLensProvider", document.uri);
      const hunks = lenses.filter((one) => one.command?.command === "homespun.ui.rejectHunk");
      return [...new Set(hunks.map((one) => one.command.arguments[0]))].sort();
    };
    await until(async () => (await asked()).length === 2, "lenses of both");
    await RUN("discard", first.planId);
    await until(() => api.review.plans.all().length === 1, "one plan");
    await until(async () => (await asked()).length === 1, "lenses of one");
    assert.deepStrictEqual(await asked(), [second.planId]);
    await RUN("apply", second.planId);
    await over();
    await until(() => document.getText().includes("round(whole, 2)"), "what was accepted");
    assert.doesNotMatch(document.getText(), /list\[float\]/);
    await RUN("undo");
    assert.strictEqual(document.getText(), text);
  });

  it("keeps a plan over a restart, asks for its places again, and applies it", async () => {
    const { planId } = await review();
    void RUN("restart");
    await until(() => api.server.state === "starting", "a start");
    await until(() => api.server.state === "running", "a server again");
    await until(() => api.review.plans.get(planId), "the plan again");
    editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), "# typed meanwhile\n"));
    await until(() => api.review.plans.get(planId).files[0].hunks[0].start === 4, "the places moved");
    await RUN("apply", planId);
    assert.match(document.getText(), /^# typed meanwhile\n/);
    await RUN("showChange", planId);
    assert.match(active().getText(), /list\[float\]/);
    await vscode.window.showTextDocument(document);
    await RUN("undo");
    assert.strictEqual(document.getText(), `# typed meanwhile\n${text}`);
  });

  it("shows the doctor's checks and what would be sent as documents", async () => {
    await RUN("doctor");
    await until(() => active()?.getText().includes("health"), "the doctor's page");
    await vscode.window.showTextDocument(document);
    await RUN("context");
    await until(() => active() !== document && active()?.getText().includes("bill.py"), "what would be sent");
  });

  it("opens what asks the user, which can be left", async () => {
    for (const name of ["edit", "refactor", "refactors", "history", "selectModel", "menu"]) {
      await vscode.window.showTextDocument(document);
      const asking = RUN(name);
      await new Promise((resolve) => setTimeout(resolve, 700));
      await vscode.commands.executeCommand("workbench.action.closeQuickOpen");
      await asking;
    }
    await RUN("log");
    await RUN("settings");
    await RUN("cancel");
  });

  it("fixes the problem at the cursor, where there is one", async () => {
    await vscode.window.showTextDocument(document);
    await RUN("fix"); // its words are seen in the workbench's tests
    const problems = vscode.languages.createDiagnosticCollection("test");
    const range = new vscode.Range(4, 4, 4, 12);
    problems.set(document.uri, [new vscode.Diagnostic(range, "round the total to cents")]);
    vscode.window.activeTextEditor.selection = new vscode.Selection(4, 5, 4, 5);
    await RUN("fix");
    assert.match(document.getText(), /round\(whole, 2\)/);
    problems.dispose();
  });

  it("goes on after its server was killed in the middle of a job", async () => {
    await until(() => api.status.text === "$(home) scripted/scripted", "no job any more");
    const job = api.server.request("homespun/edit", params("an edit that never ends"));
    await until(() => /reading|writing/.test(api.status.text), "a model at work");
    process.kill(serverProcess(), "SIGKILL");
    await assert.rejects(job);
    await until(() => api.server.state === "running", "a server again");
    const { providers } = await until(
      () => api.server.request("homespun/models", {}).catch(() => undefined),
      "an answer",
    );
    assert.ok(providers.length > 0);
  });

  after(() => vscode.commands.executeCommand("workbench.action.files.revert"));
});

/** The language server among this process's children. */
function serverProcess() {
  for (const name of fs.readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    try {
      const [, , , parent] = fs.readFileSync(`/proc/${name}/stat`, "utf8").replace(/\(.*\)/, "x").split(" ");
      const words = fs.readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
      if (Number(parent) === process.pid && words.includes("lsp")) return Number(name);
    } catch {
      // it has ended meanwhile
    }
  }
  throw new Error("there is no server");
}
