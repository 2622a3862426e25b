import * as path from "node:path";
import * as vscode from "vscode";
import type { Plan, PlanFile } from "../protocol";
import { nameOf, type Plans } from "./plans";

export const SCHEME = "homespun-proposed";

/** The right side of the diff editors: what a file would become, as the server has it. */
export class Proposed implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly watching: vscode.Disposable[];
  readonly onDidChange = this.changed.event;

  constructor(private readonly plans: Plans) {
    this.watching = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      plans.onChange(() => shown().forEach((uri) => this.changed.fire(uri))),
      plans.onClosed((planId) => void close(planId)),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const [planId, file] = JSON.parse(uri.query) as [string, string];
    if (file === "" || this.plans.get(planId)?.state !== "waiting") {
      return "";
    }
    return this.plans.proposed(planId, file);
  }

  /** Open the diff editor of one file. */
  async show(plan: Plan, file: PlanFile): Promise<void> {
    const name = path.posix.basename(file.path);
    const old = file.action === "create" ? uriOf(plan, file, "") : vscode.Uri.parse(file.uri);
    const gone = file.action === "delete";
    const proposed = uriOf(plan, file, gone ? "" : nameOf(file));
    const title = `${name} (${gone ? "to be deleted" : "proposed"})`;
    await vscode.commands.executeCommand("vscode.diff", old, proposed, title);
  }

  dispose(): void {
    vscode.Disposable.from(...this.watching).dispose();
  }
}

/** An address for one side; the path's own name gives the text its language. */
function uriOf(plan: Plan, file: PlanFile, name: string): vscode.Uri {
  const query = JSON.stringify([plan.planId, name]);
  return vscode.Uri.from({ scheme: SCHEME, path: `/${file.path.replaceAll("\\", "/")}`, query });
}

function shown(): vscode.Uri[] {
  const uris = vscode.workspace.textDocuments.map((document) => document.uri);
  return uris.filter((uri) => uri.scheme === SCHEME);
}

/** What is decided needs no diff editor any more. */
async function close(planId: string): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  await vscode.window.tabGroups.close(tabs.filter((tab) => isOf(tab, planId)));
}

function isOf(tab: vscode.Tab, planId: string): boolean {
  const { input } = tab;
  return (
    input instanceof vscode.TabInputTextDiff &&
    input.modified.scheme === SCHEME &&
    input.modified.query.includes(JSON.stringify(planId))
  );
}
