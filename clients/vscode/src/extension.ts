import * as vscode from "vscode";
import { Asking } from "./asking";
import { Changing, activeEditor, placeOf, save } from "./changing";
import { Explaining } from "./explaining";
import { History } from "./history";
import { askInstruction } from "./instruction";
import { Models } from "./models";
import type { EditParams, ExplainParams, RefactorParams } from "./protocol";
import { Refactors } from "./refactors";
import { Review } from "./review/review";
import { Server } from "./server";
import { Status } from "./status";
import { survey } from "./survey";
import { show, shown } from "./trouble";

/** What other extensions, and our tests, are given. */
export interface Api {
  server: Server;
  status: Status;
  review: Review;
  /** The threads of the explanations that are shown. */
  explanations: () => readonly vscode.CommentThread[];
  /** Settles when the first start is over, in whichever way. */
  started: Promise<void>;
  /** Milliseconds that loading and activating took. */
  activation: number;
}

let running: Server | undefined;

/** The editor waits for the server's end. */
export function deactivate(): Promise<void> | undefined {
  return running?.stop();
}

/** When this file began to be loaded; the bundler puts it at its very beginning. */
declare const loadingBegan: number;

export function activate(context: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel("Homespun", { log: true });
  const server = new Server(context, log, {
    input: async ({ title }) => ({
      text: (await askInstruction(context.workspaceState, `Homespun: ${title}`)) ?? "",
    }),
    survey,
    save: async ({ uris }) => {
      await save(uris);
      return {};
    },
    command: (name, argument) => fromAction(name, argument),
  });
  running = server;
  const status = new Status(server);
  const asking = new Asking(server);
  const changing = new Changing(asking, status, context.workspaceState);
  const explaining = new Explaining(server, asking, status);
  const models = new Models(server, asking, status);
  const history = new History(server, changing);
  const refactors = new Refactors(server, changing);
  const review = new Review(context, server, (result) => void changing.tellLater(result));

  /** The lightbulb's commands are carried out by this client, where it can show more. */
  async function fromAction(name: string, argument: unknown): Promise<boolean> {
    switch (name) {
      case "homespun.edit":
        await shown(() => changing.fromAction(argument as EditParams))();
        return true;
      case "homespun.refactor":
        await shown(() => changing.refactorFromAction(argument as RefactorParams))();
        return true;
      case "homespun.explain":
        await shown(() => explaining.fromAction(argument as ExplainParams))();
        return true;
      default:
        return false;
    }
  }

  const commands: Record<string, (...given: never[]) => unknown> = {
    edit: () => changing.edit(),
    fix: () => changing.fix(),
    refactor: () => changing.refactor(),
    refactors: () => refactors.pick(),
    undo: () => changing.change("homespun/undo", {}, "Homespun: undo"),
    explain: () => explaining.explain(),
    ask: (reply: vscode.CommentReply) => explaining.reply(reply),
    stop: (thread: vscode.CommentThread) => explaining.stop(thread),
    keep: (thread: vscode.CommentThread) => explaining.keep(thread),
    dismiss: (thread: vscode.CommentThread) => explaining.dismiss(thread),
    whole: (from: vscode.CommentThread | vscode.CommentReply) => explaining.whole(from),
    selectModel: () => models.choose(),
    context: () => server.command("homespun.context", placeOf(activeEditor())),
    history: () => history.pick(),
    showChange: (changeId: string) => history.show(changeId),
    doctor: () => server.command("homespun.health"),
    log: () => log.show(),
    settings: () =>
      vscode.commands.executeCommand("workbench.action.openSettings", "@ext:homespun.homespun"),
    cancel: () => asking.cancelAll(),
    restart: () => server.restart(),
    install: () => server.install(),
    menu: () => menu(asking),
  };
  context.subscriptions.push(log, status, explaining);
  for (const [name, work] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(`homespun.ui.${name}`, shown(work)));
  }
  const tellStatus = () => {
    if (server.state === "running") {
      models.tellStatus().catch((error: unknown) => log.warn(String(error)));
    }
  };
  context.subscriptions.push(
    server.onState(tellStatus),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("homespun.server.path")) {
        void shown(() => server.restart())();
      } else if (event.affectsConfiguration("homespun")) {
        tellStatus();
      }
    }),
  );
  const started = server.restart().catch((error: unknown) => void show(error));
  return {
    server,
    status,
    review,
    explanations: () => explaining.threads,
    started,
    activation: performance.now() - loadingBegan,
  };
}

async function menu(asking: Asking): Promise<void> {
  const items = [
    ...(asking.busy ? [{ label: "$(stop-circle) Cancel what runs", command: "cancel" }] : []),
    { label: "$(edit) Edit with an instruction", command: "edit" },
    { label: "$(comment) Explain", command: "explain" },
    { label: "$(server) Choose the model", command: "selectModel" },
    { label: "$(history) History", command: "history" },
    { label: "$(pulse) Doctor", command: "doctor" },
    { label: "$(output) Show the log", command: "log" },
    { label: "$(gear) Settings", command: "settings" },
    { label: "$(debug-restart) Restart the server", command: "restart" },
  ];
  const picked = await vscode.window.showQuickPick(items, { title: "Homespun" });
  if (picked !== undefined) {
    await vscode.commands.executeCommand(`homespun.ui.${picked.command}`);
  }
}
