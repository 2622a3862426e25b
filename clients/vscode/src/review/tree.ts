import * as vscode from "vscode";
import type { Plan, PlanFile, PlanHunk } from "../protocol";
import { counts } from "./marks";
import { nameOf, type Plans } from "./plans";

export interface Node {
  plan: Plan;
  file?: PlanFile;
  hunk?: PlanHunk;
  note?: string;
}

const ACTIONS = {
  edit: ["edit", ""],
  create: ["new-file", "new"],
  delete: ["trash", "deleted"],
  rename: ["arrow-right", "renamed"],
} as const;

const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

/** The list of what waits: plans, their files, and what each file's changes are. */
export class Tree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly view: vscode.TreeView<Node>;
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly plans: Plans) {
    this.view = vscode.window.createTreeView("homespun.changes", {
      treeDataProvider: this,
      manageCheckboxStateManually: true,
    });
    plans.onChange(() => this.draw());
    plans.onWaiting((plan) => void this.open(plan));
    this.view.onDidChangeCheckboxState(({ items }) =>
      items.forEach((item) => void decide(...item)),
    );
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) {
      return this.plans.all().map((plan) => ({ plan }));
    }
    const { plan, file, hunk, note } = node;
    if (hunk !== undefined || note !== undefined) {
      return [];
    }
    if (file === undefined) {
      return [
        ...plan.reasons.map((one) => ({ plan, note: one })),
        ...plan.files.map((one) => ({ plan, file: one })),
      ];
    }
    const notes = file.refusal === "" ? file.risks : [file.refusal];
    return [
      ...notes.map((one) => ({ plan, file, note: one })),
      ...file.hunks.map((one) => ({ plan, file, hunk: one })),
    ];
  }

  getTreeItem({ plan, file, hunk, note }: Node): vscode.TreeItem {
    if (note !== undefined) {
      return noteItem(note);
    }
    if (file === undefined) {
      return planItem(plan);
    }
    return hunk === undefined ? fileItem(plan, file) : hunkItem(plan, file, hunk);
  }

  getParent({ plan, file, hunk, note }: Node): Node | undefined {
    if (hunk !== undefined || (note !== undefined && file !== undefined)) {
      return { plan, ...(file && { file }) };
    }
    return file === undefined && note === undefined ? undefined : { plan };
  }

  dispose(): void {
    this.view.dispose();
  }

  /** Open the list, without taking the cursor there. */
  private async open(plan: Plan): Promise<void> {
    await vscode.commands.executeCommand("setContext", "homespun.plans", true);
    try {
      await this.view.reveal({ plan }, { select: false, focus: false, expand: true });
    } catch (error) {
      if (this.plans.get(plan.planId) !== undefined) {
        throw error;
      } // else it was over before it could be shown
    }
  }

  private draw(): void {
    const plans = this.plans.all();
    const waiting = plans.some((plan) => plan.state === "waiting");
    void vscode.commands.executeCommand("setContext", "homespun.plans", plans.length > 0);
    void vscode.commands.executeCommand("setContext", "homespun.reviewing", waiting);
    this.changed.fire();
  }
}

function decide(node: Node, state: vscode.TreeItemCheckboxState): Thenable<unknown> {
  const verb = state === vscode.TreeItemCheckboxState.Checked ? "accept" : "reject";
  const what = node.hunk === undefined ? "File" : "Hunk";
  return vscode.commands.executeCommand(`homespun.ui.${verb}${what}`, node);
}

function planItem(plan: Plan): vscode.TreeItem {
  const growing = plan.state === "growing";
  const item = new vscode.TreeItem(plan.title || "Change", Expanded);
  item.id = plan.planId;
  item.description = growing ? "the model is writing" : plan.summary;
  item.tooltip = plan.summary;
  item.contextValue = plan.state;
  item.iconPath = new vscode.ThemeIcon(growing ? "loading~spin" : "git-pull-request");
  return item;
}

function fileItem(plan: Plan, file: PlanFile): vscode.TreeItem {
  const item = new vscode.TreeItem(file.path, file.action === "edit" ? Expanded : Collapsed);
  const waits = plan.state === "waiting" && file.refusal === "";
  item.id = `${plan.planId} ${nameOf(file)}`;
  item.description = fileWords(file);
  item.tooltip = [file.path, ...file.risks, file.refusal].filter((line) => line !== "").join("\n");
  item.contextValue = waits ? "file" : "still";
  item.iconPath = new vscode.ThemeIcon(fileIcon(file));
  if (waits) {
    item.checkboxState = checkbox(file.accepted);
    item.command = {
      title: "Show the diff",
      command: "homespun.ui.diff",
      arguments: [plan.planId, nameOf(file)],
    };
  }
  return item;
}

function fileWords(file: PlanFile): string {
  const target =
    file.newUri === "" ? "" : vscode.workspace.asRelativePath(vscode.Uri.parse(file.newUri));
  const words = [
    ACTIONS[file.action][1],
    target && `to ${target}`,
    `+${file.added} -${file.removed}`,
    file.protected && (file.accepted ? "protected" : "protected: needs your yes"),
    file.refusal && "refused",
  ];
  return words.filter(Boolean).join(" · ");
}

function fileIcon(file: PlanFile): string {
  if (file.refusal !== "") {
    return "error";
  }
  return file.risks.length > 0 || file.protected ? "warning" : ACTIONS[file.action][0];
}

function hunkItem(plan: Plan, file: PlanFile, hunk: PlanHunk): vscode.TreeItem {
  const item = new vscode.TreeItem(`Line ${hunk.start + 1}`);
  item.id = `${plan.planId} ${nameOf(file)} ${hunk.index}`;
  item.description = hunk.refusal === "" ? counts(hunk) : `left out: ${hunk.refusal}`;
  if (plan.state === "waiting" && hunk.refusal === "" && file.refusal === "") {
    item.checkboxState = checkbox(file.accepted && hunk.accepted);
    item.contextValue = "hunk";
  }
  if (file.action === "edit") {
    const selection = new vscode.Range(hunk.start, 0, hunk.start, 0);
    const given = [vscode.Uri.parse(file.uri), { selection }];
    item.command = { title: "Show", command: "vscode.open", arguments: given };
  }
  return item;
}

function noteItem(note: string): vscode.TreeItem {
  const item = new vscode.TreeItem(note);
  item.iconPath = new vscode.ThemeIcon("info");
  item.tooltip = note;
  return item;
}

function checkbox(checked: boolean): vscode.TreeItemCheckboxState {
  const { Checked, Unchecked } = vscode.TreeItemCheckboxState;
  return checked ? Checked : Unchecked;
}
