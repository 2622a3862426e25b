import * as vscode from "vscode";
import type { PlanHunk } from "../protocol";
import { counts } from "./marks";
import { nameOf, type Plans, type Spot } from "./plans";

/** Above each change of a waiting plan what can be done with it, and above the file with all. */
export class Lenses implements vscode.CodeLensProvider {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(private readonly plans: Plans) {
    plans.onChange(() => this.changed.fire());
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    return this.plans
      .of(document.uri)
      .filter(({ plan, file }) => plan.state === "waiting" && file.refusal === "")
      .flatMap((spot) => [
        ...ofFile(spot),
        ...spot.file.hunks.flatMap((hunk) => ofHunk(spot, hunk, document)),
      ]);
  }
}

function ofFile({ plan, file }: Spot): vscode.CodeLens[] {
  const lens = (title: string, command: string, ...given: unknown[]) =>
    new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), {
      title,
      command: `homespun.ui.${command}`,
      arguments: [plan.planId, ...given],
    });
  const files = plan.files.length === 1 ? "" : ` (${plan.files.length} files)`;
  return [
    lens(`$(check-all) Apply what is accepted${files}`, "apply"),
    lens(`$(trash) Discard all${files}`, "discard"),
    lens("Show the diff", "diff", nameOf(file)),
  ];
}

function ofHunk({ plan, file }: Spot, hunk: PlanHunk, document: vscode.TextDocument) {
  const line = Math.min(hunk.start, document.lineCount - 1);
  const lens = (title: string, command: string) =>
    new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
      title,
      command: `homespun.ui.${command}`,
      arguments: [plan.planId, nameOf(file), hunk.index],
    });
  if (hunk.refusal !== "") {
    return [lens(`$(error) left out: ${hunk.refusal}`, "diff")];
  }
  return file.accepted && hunk.accepted
    ? [lens(`$(pass-filled) ${counts(hunk)} accepted`, "diff"), lens("Reject", "rejectHunk")]
    : [lens(`$(circle-slash) ${counts(hunk)} rejected`, "diff"), lens("Accept", "acceptHunk")];
}
