import * as vscode from "vscode";
import type { AnsweredBy, JobNote, ListedProvider } from "./protocol";
import type { Server, State } from "./server";

/** The status item: which model, here or in the cloud; while it works, its stage and speed. */
export class Status implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly jobs = new Map<string, JobNote>();
  private model = "";
  private local = true;
  private last = "";

  constructor(private readonly server: Server) {
    this.item = vscode.window.createStatusBarItem(
      "homespun.status",
      vscode.StatusBarAlignment.Right,
      90,
    );
    this.item.name = "Homespun";
    this.item.command = "homespun.ui.menu";
    this.draw();
    this.item.show();
    server.onState(() => this.stateChanged());
    server.onJob((note) => this.take(note));
  }

  /** What the item shows, for people and for tests. */
  get text(): string {
    return this.item.text;
  }

  serving(providers: readonly ListedProvider[]): void {
    const one = providers.find((provider) => provider.serves !== "");
    if (one !== undefined) {
      this.show(`${one.provider}/${one.serves}`, one.local);
    }
  }

  show(model: string, local: boolean): void {
    this.model = model;
    this.local = local;
    this.draw();
  }

  /** Who answered last, and what it took, as the server says it. */
  answered(by: AnsweredBy, ending: string): void {
    if (by.model !== "") {
      this.last = ending;
      this.show(`${by.provider}/${by.model}`, by.local);
    }
  }

  dispose(): void {
    this.item.dispose();
  }

  private stateChanged(): void {
    this.jobs.clear();
    this.draw();
  }

  private take(note: JobNote): void {
    if (note.stage === "done") {
      this.jobs.delete(note.id);
    } else {
      this.jobs.set(note.id, note);
    }
    this.draw();
  }

  private draw(): void {
    const job =
      [...this.jobs.values()].find((one) => one.stage !== "reviewing") ??
      [...this.jobs.values()][0];
    this.item.text = statusText(this.server.state, job, this.model, this.local);
    const where =
      this.model === ""
        ? "No model has answered yet."
        : `${this.model} (${this.local ? "local" : "cloud"})`;
    this.item.tooltip = ["Homespun", where, this.last].filter((line) => line !== "").join("\n");
    const wrong = this.server.state === "missing" || this.server.state === "stopped";
    this.item.backgroundColor = wrong
      ? new vscode.ThemeColor("statusBarItem.warningBackground")
      : undefined;
  }
}

/** The item's text: the trouble, else the job, else the model. */
export function statusText(
  state: State,
  job: JobNote | undefined,
  model: string,
  local: boolean,
): string {
  if (state === "missing" || state === "stopped") {
    return "$(warning) Homespun";
  }
  if (state === "starting") {
    return "$(loading~spin) Homespun";
  }
  const icon = local ? "$(home)" : "$(cloud)";
  if (job === undefined) {
    return `${icon} ${model === "" ? "Homespun" : model}`;
  }
  const speed =
    job.stage === "writing" && job.tokensPerSecond > 0
      ? ` ${Math.round(job.tokensPerSecond)} tokens/s`
      : "";
  const spin = job.stage === "reviewing" ? "$(eye)" : "$(loading~spin)";
  return `${spin} ${icon} ${model} ${job.stage}${speed}`.replace(/ {2,}/g, " ");
}
