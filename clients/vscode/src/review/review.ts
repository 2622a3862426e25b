import * as vscode from "vscode";
import type { EditResult, Plan, PlanFile, PlanHunk } from "../protocol";
import type { Server } from "../server";
import { Trouble, shown } from "../trouble";
import { Lenses } from "./lenses";
import { neighbour } from "./marks";
import { Painting } from "./painting";
import { Plans, nameOf, type Spot } from "./plans";
import { Proposed, SCHEME } from "./proposed";
import { Tree, type Node } from "./tree";

interface Place {
  plan: Plan;
  file?: PlanFile;
  hunk?: PlanHunk;
}

/** The commands of the review. Each takes its place as arguments, a tree's node, or the cursor's. */
export class Review {
  readonly plans: Plans;
  private readonly proposed: Proposed;

  /** `tell`: shows the user how a plan ended that no request of this window waits for. */
  constructor(
    context: vscode.ExtensionContext,
    server: Server,
    private readonly tell: (result: EditResult) => void,
  ) {
    this.plans = new Plans(server);
    this.proposed = new Proposed(this.plans);
    context.subscriptions.push(
      this.plans,
      this.proposed,
      new Painting(this.plans),
      new Tree(this.plans),
      vscode.languages.registerCodeLensProvider(
        [{ scheme: "file" }, { scheme: "untitled" }],
        new Lenses(this.plans),
      ),
      this.plans.onWaiting((plan) => void this.ask(plan)),
      ...this.commands(),
    );
  }

  private commands(): vscode.Disposable[] {
    const plans = this.plans;
    const register = (name: string, work: (place: Place) => unknown) =>
      vscode.commands.registerCommand(
        `homespun.ui.${name}`,
        shown((at?: unknown, file?: string, hunk?: number) => work(this.place(at, file, hunk))),
      );
    return [
      register("acceptHunk", ({ plan, file, hunk }) =>
        plans.decide(plan, true, file, needed(hunk)),
      ),
      register("rejectHunk", ({ plan, file, hunk }) =>
        plans.decide(plan, false, file, needed(hunk)),
      ),
      register("acceptFile", ({ plan, file }) => plans.decide(plan, true, needed(file))),
      register("rejectFile", ({ plan, file }) => plans.decide(plan, false, needed(file))),
      register("acceptAll", ({ plan }) => plans.decide(plan, true)),
      register("rejectAll", ({ plan }) => plans.decide(plan, false)),
      register("diff", (place) => this.diff(place)),
      register("apply", ({ plan }) => this.finish(plan, true)),
      register("discard", ({ plan }) => this.finish(plan, false)),
      vscode.commands.registerCommand("homespun.ui.nextChange", () => this.go(1)),
      vscode.commands.registerCommand("homespun.ui.previousChange", () => this.go(-1)),
    ];
  }

  private place(at: unknown, fileName?: string, index?: number): Place {
    if (at instanceof vscode.Uri && at.scheme === SCHEME) {
      return this.place(...(JSON.parse(at.query) as [string, string]));
    }
    if (typeof at !== "string") {
      return isNode(at) ? at : this.atCursor();
    }
    const plan = needed(this.plans.get(at));
    const file = plan.files.find((one) => nameOf(one) === fileName);
    const hunk = file?.hunks.find((one) => one.index === index);
    return { plan, ...(file && { file }), ...(hunk && { hunk }) };
  }

  /** The place where the cursor is, else the first plan that waits. */
  private atCursor(): Place {
    const editor = vscode.window.activeTextEditor;
    const spot = editor && this.waiting(editor)[0];
    if (editor === undefined || spot === undefined) {
      return { plan: needed(this.plans.all().find((plan) => plan.state === "waiting")) };
    }
    const line = editor.selection.active.line;
    const hunk = spot.file.hunks.find(
      (one) => one.start <= line && line < Math.max(one.end, one.start + 1),
    );
    return { ...spot, ...(hunk && { hunk }) };
  }

  private waiting(editor: vscode.TextEditor): Spot[] {
    return this.plans.of(editor.document.uri).filter(({ plan }) => plan.state === "waiting");
  }

  private async diff({ plan, file }: Place): Promise<void> {
    const files = file === undefined ? plan.files.filter((one) => one.refusal === "") : [file];
    for (const one of files) {
      await this.proposed.show(plan, one);
    }
  }

  private async finish(plan: Plan, apply: boolean): Promise<void> {
    this.tell(await this.plans.finish(plan, apply));
  }

  private go(step: 1 | -1): void {
    const editor = vscode.window.activeTextEditor;
    const spots = editor === undefined ? [] : this.waiting(editor);
    const starts = spots.flatMap(({ file }) => file.hunks.map((hunk) => hunk.start));
    const line = neighbour(
      starts.sort((a, b) => a - b),
      editor?.selection.active.line ?? 0,
      step,
    );
    if (editor !== undefined && line !== undefined) {
      const place = new vscode.Position(line, 0);
      editor.selection = new vscode.Selection(place, place);
      editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    }
  }

  private async ask(plan: Plan): Promise<void> {
    const first = plan.files[0]?.path ?? "";
    const what = plan.files.length === 1 ? first : `${plan.files.length} files`;
    const words = `Homespun: a change of ${what} waits for you. ${plan.summary}`;
    const answers = { "Apply all": "apply", "Show the diff": "diff", Discard: "discard" } as const;
    const keys = Object.keys(answers) as (keyof typeof answers)[];
    const picked = await vscode.window.showInformationMessage(words, ...keys);
    if (picked !== undefined && this.plans.get(plan.planId) !== undefined) {
      await vscode.commands.executeCommand(`homespun.ui.${answers[picked]}`, plan.planId);
    }
  }
}

function isNode(at: unknown): at is Node {
  return typeof at === "object" && at !== null && "plan" in at;
}

function needed<T>(found: T | undefined): T {
  if (found === undefined) {
    throw new Trouble("Homespun: no change waits for a decision here.");
  }
  return found;
}
