import * as vscode from "vscode";
import type { Requests } from "./protocol";
import type { Server } from "./server";
import { isResponse } from "./trouble";

/** Requests that take their time: each with its progress, and cancelled by it or all at once. */
export class Asking {
  private readonly open = new Set<vscode.CancellationTokenSource>();
  private count = 0;

  constructor(private readonly server: Server) {}

  get busy(): boolean {
    return this.open.size > 0;
  }

  cancelAll(): void {
    for (const source of this.open) {
      source.cancel();
    }
  }

  /**
   * Ask, with a notification that shows how it goes and cancels it; it goes away as soon as only
   * the user's own decision is waited for. Undefined where it was cancelled. `ending` is what the
   * server says of the end: who answered, how much, how long.
   */
  async ask<Name extends keyof Requests>(
    name: Name,
    params: Requests[Name]["params"],
    title: string,
  ): Promise<{ result: Requests[Name]["result"]; ending: string } | undefined> {
    const source = new vscode.CancellationTokenSource();
    const token = this.token();
    this.open.add(source);
    let ending = "";
    const told = new vscode.EventEmitter<string>();
    const listening = await this.server.onProgress(token, (value) => {
      if (value.kind === "end") {
        ending = value.message ?? "";
      } else {
        told.fire(value.message ?? "");
      }
    });
    try {
      const answer = this.server.request(name, { ...params, workDoneToken: token }, source.token);
      this.showProgress(title, source, told.event, Promise.race([answer, this.reviewing(token)]));
      return { result: await answer, ending };
    } catch (error) {
      if (isCancelled(error)) {
        return undefined;
      }
      throw error;
    } finally {
      listening.dispose();
      told.dispose();
      this.open.delete(source);
    }
  }

  /** A token for progress, unlike any other. */
  token(): string {
    this.count += 1;
    return `homespun-ui-${this.count}`;
  }

  private reviewing(token: string): Promise<void> {
    return new Promise((resolve) => {
      const listening = this.server.onJob((note) => {
        if (note.workDoneToken === token && (note.stage === "reviewing" || note.stage === "done")) {
          listening.dispose();
          resolve();
        }
      });
    });
  }

  private showProgress(
    title: string,
    source: vscode.CancellationTokenSource,
    told: vscode.Event<string>,
    over: Promise<unknown>,
  ): void {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, cancel) => {
        told((message) => progress.report({ message }));
        cancel.onCancellationRequested(() => source.cancel());
        await over.catch(() => undefined);
      },
    );
  }
}

/** LSP's code of a request that was cancelled. */
const REQUEST_CANCELLED = -32800;

export function isCancelled(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError ||
    (isResponse(error) && error.code === REQUEST_CANCELLED)
  );
}
