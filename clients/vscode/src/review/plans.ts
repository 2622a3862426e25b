import * as vscode from "vscode";
import type { EditResult, Plan, PlanFile, PlanHunk } from "../protocol";
import type { Server } from "../server";

/** Milliseconds between two drawings. */
const CALM = 50;
/** Milliseconds after the last keystroke at which a waiting plan's places are asked for again. */
const QUIET = 150;

export interface Spot {
  plan: Plan;
  file: PlanFile;
}

/** The plans as the server told them last. Nothing is decided here. */
export class Plans implements vscode.Disposable {
  private readonly known = new Map<string, Plan>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly waits = new vscode.EventEmitter<Plan>();
  private readonly over = new vscode.EventEmitter<string>();
  private readonly watching: vscode.Disposable[];
  private drawing: NodeJS.Timeout | undefined;
  private asking: NodeJS.Timeout | undefined;

  /** Something is to be drawn anew; at most twenty times a second. */
  readonly onChange = this.changed.event;
  /** A plan has come to wait for its user. */
  readonly onWaiting = this.waits.event;
  /** A plan is over; its id. */
  readonly onClosed = this.over.event;

  constructor(private readonly server: Server) {
    this.watching = [
      server.onPlan((plan) => this.take(plan)),
      server.onState((state) => {
        if (state !== "running") {
          this.forget();
        }
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const waiting = this.of(document.uri).some(({ plan }) => plan.state === "waiting");
        if (waiting && contentChanges.length > 0) {
          this.askAgain();
        }
      }),
    ];
  }

  all(): Plan[] {
    return [...this.known.values()];
  }

  get(planId: string): Plan | undefined {
    return this.known.get(planId);
  }

  /** The plans' parts that are about a document. */
  of(uri: vscode.Uri): Spot[] {
    const key = uri.toString();
    return this.all().flatMap((plan) =>
      plan.files.filter((file) => isAt(file.uri, key)).map((file) => ({ plan, file })),
    );
  }

  async decide(plan: Plan, accept: boolean, file?: PlanFile, hunk?: PlanHunk): Promise<void> {
    const which = { file: file === undefined ? null : nameOf(file), hunk: hunk?.index ?? null };
    const params = { planId: plan.planId, accept, ...which };
    this.take(await this.server.request("homespun/decide", params));
  }

  async proposed(planId: string, file: string): Promise<string> {
    return (await this.server.request("homespun/proposed", { planId, file })).text;
  }

  finish(plan: Plan, apply: boolean): Promise<EditResult> {
    return this.server.request("homespun/finish", { planId: plan.planId, apply });
  }

  dispose(): void {
    vscode.Disposable.from(...this.watching).dispose();
    clearTimeout(this.drawing);
    clearTimeout(this.asking);
  }

  private take(plan: Plan): void {
    const before = this.known.get(plan.planId);
    if (plan.state === "closed") {
      this.known.delete(plan.planId);
      this.over.fire(plan.planId);
    } else {
      this.known.set(plan.planId, plan);
    }
    if (plan.state === "waiting" && before?.state !== "waiting") {
      this.waits.fire(plan);
    }
    this.draw();
  }

  private forget(): void {
    const gone = [...this.known.keys()];
    this.known.clear();
    gone.forEach((planId) => this.over.fire(planId));
    this.draw();
  }

  private draw(): void {
    this.drawing ??= setTimeout(() => {
      this.drawing = undefined;
      this.changed.fire();
    }, CALM);
  }

  private askAgain(): void {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => {
      void this.server.request("homespun/plans", {}).then(
        ({ plans }) => plans.forEach((plan) => this.take(plan)),
        () => undefined, // the server is gone: it tells its plans again once it is back
      );
    }, QUIET);
  }
}

/** How a file is named to the server. */
export function nameOf(file: PlanFile): string {
  return file.uri === "" ? file.path : file.uri;
}

function isAt(told: string, key: string): boolean {
  return told !== "" && vscode.Uri.parse(told).toString() === key;
}
