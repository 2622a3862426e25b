import * as vscode from "vscode";
import type { Changing } from "./changing";
import type { HistoryEntry } from "./protocol";
import type { Server } from "./server";

const ACTIONS = [
  { label: "$(diff) Show what it did", action: "diff" },
  { label: "$(discard) Undo it", action: "undo" },
  { label: "$(redo) Place its reply again", action: "reapply" },
] as const;

/** The changes that were made: which, what each did, and back or forth again. */
export class History {
  constructor(
    private readonly server: Server,
    private readonly changing: Changing,
  ) {}

  async pick(): Promise<void> {
    const { entries } = await this.server.request("homespun/history", {});
    if (entries.length === 0) {
      void vscode.window.showInformationMessage("Homespun: there are no changes yet.");
      return;
    }
    const items = entries.map((entry) => ({ ...itemOf(entry), entry }));
    const picked = await vscode.window.showQuickPick(items, {
      title: "Homespun: history",
      matchOnDescription: true,
      matchOnDetail: true,
    });
    const chosen = picked && (await vscode.window.showQuickPick(ACTIONS, { title: picked.label }));
    const changeId = picked?.entry.changeId ?? "";
    switch (chosen?.action) {
      case "diff":
        return this.show(changeId);
      case "undo":
        return this.changing.change("homespun/undo", { changeId }, "Homespun: undo");
      case "reapply":
        return this.changing.change("homespun/reapply", { changeId }, "Homespun: reapply");
      case undefined:
    }
  }

  /** What a change did, as a patch. */
  async show(changeId: string): Promise<void> {
    const { diff } = await this.server.request("homespun/history", { changeId });
    const content = diff === "" ? "This change did nothing.\n" : diff;
    const document = await vscode.workspace.openTextDocument({ language: "diff", content });
    await vscode.window.showTextDocument(document, { preview: true });
  }
}

function itemOf(entry: HistoryEntry): vscode.QuickPickItem {
  const when = new Date(entry.at * 1000).toLocaleString();
  const by = entry.model === "" ? "" : `${entry.model} (${entry.local ? "local" : "cloud"})`;
  return {
    label: entry.title,
    description: [entry.status, when, by].filter((word) => word !== "").join(" · "),
    detail: [entry.summary, entry.files.join(", ")].filter((word) => word !== "").join(" · "),
  };
}
