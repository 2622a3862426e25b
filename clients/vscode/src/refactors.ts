import * as vscode from "vscode";
import type { Changing } from "./changing";
import { count } from "./counting";
import type { UnfinishedRefactor } from "./protocol";
import type { Server } from "./server";

const ACTIONS = [
  { label: "$(debug-continue) Go on", action: "resume" },
  { label: "$(diff) Show what is done", action: "show" },
  { label: "$(trash) Forget it", action: "drop" },
] as const;

/** The refactors that were left before their end: gone on with, looked at, or forgotten. */
export class Refactors {
  constructor(
    private readonly server: Server,
    private readonly changing: Changing,
  ) {}

  async pick(): Promise<void> {
    const { refactors } = await this.server.request("homespun/refactors", {});
    if (refactors.length === 0) {
      void vscode.window.showInformationMessage("Homespun: no refactor was left before its end.");
      return;
    }
    const items = refactors.map((one) => ({ ...itemOf(one), id: one.id }));
    const title = "Homespun: refactors that were left";
    const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
    const chosen = picked && (await vscode.window.showQuickPick(ACTIONS, { title: picked.label }));
    const id = picked?.id ?? "";
    switch (chosen?.action) {
      case "resume":
        return this.changing.refactorFromAction({ resume: id });
      case "show": // the server shows it
        return this.server.command("homespun.refactor", {
          resume: id,
          finished: true,
          dryRun: true,
        });
      case "drop":
        return this.drop(id);
      case undefined:
    }
  }

  private async drop(id: string): Promise<void> {
    const { dropped } = await this.server.request("homespun/dropRefactor", { id });
    const words = dropped ? "is forgotten. No file was changed." : "was not there any more.";
    void vscode.window.showInformationMessage(`Homespun: the refactor ${words}`);
  }
}

function itemOf(one: UnfinishedRefactor): vscode.QuickPickItem {
  const when = new Date(one.at * 1000).toLocaleString();
  const state = one.running ? "at work" : `${one.done} of ${count(one.files, "file")} done`;
  return { label: one.instruction.replace(/\s+/g, " "), description: `${state} · ${when}` };
}
