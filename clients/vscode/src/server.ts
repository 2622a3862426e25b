import * as vscode from "vscode";
import type {
  CloseAction,
  ErrorHandler,
  LanguageClient,
  LanguageClientOptions,
  StaticFeature,
} from "vscode-languageclient/node";
import { find } from "./finding";
import { install } from "./installing";
import { isOlder } from "./places";
import type {
  JobNote,
  Notifications,
  Piece,
  Plan,
  Requests,
  ServerRequests,
  Survey,
  SurveyResult,
} from "./protocol";
import { chosenSettings } from "./settings";
import { Trouble, show } from "./trouble";

/** The oldest server that this client understands. */
export const NEEDED = "0.1.0";
const PATIENCE = 3;
/** Milliseconds in which the server may stop `PATIENCE` times before it is left alone. */
const LATELY = 3 * 60_000;

/** Milliseconds in which the settings of a remote machine come. */
const SETTLING = 2000;

export type State = "missing" | "starting" | "running" | "stopped";

const library = () => import("./library");
type Library = Awaited<ReturnType<typeof library>>;

/** How far a request is, in the server's own words; `end` with the last of them. */
export interface Progress {
  kind: "begin" | "report" | "end";
  message?: string;
}

/** What the editor's user answers to the server's own requests. */
export interface Answers {
  input(params: ServerRequests["homespun/input"]["params"]): Promise<{ text: string }>;
  save(params: ServerRequests["homespun/save"]["params"]): Promise<Record<string, never>>;
  survey(params: Survey): Promise<SurveyResult>;
  /** A command of the server's, from the lightbulb say; false where it may take its course. */
  command(name: string, argument: unknown): Promise<boolean>;
}

/** The server's life: one start or stop at a time, each after the one before it. */
export class Server {
  private readonly changed = new vscode.EventEmitter<State>();
  private readonly jobs = new vscode.EventEmitter<JobNote>();
  private readonly plans = new vscode.EventEmitter<Plan>();
  private readonly working = new Set<string>();
  private client: LanguageClient | undefined;
  private queue: Promise<void> = Promise.resolve();
  private crashes: number[] = [];
  private now: State = "stopped";

  readonly onState = this.changed.event;
  readonly onJob = this.jobs.event;
  readonly onPlan = this.plans.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly answers: Answers,
  ) {}

  get state(): State {
    return this.now;
  }

  /** Start, or start again: restarts that are asked for meanwhile wait their turn. */
  restart(): Promise<void> {
    return this.enqueue(async () => {
      await this.end();
      await this.begin();
    });
  }

  /** Install the bundled server into an environment of its own, then start. */
  install(): Promise<void> {
    return this.enqueue(async () => {
      await this.end();
      try {
        await install(this.context, this.log);
      } catch (error) {
        if (error instanceof vscode.CancellationError) {
          return;
        }
        throw error;
      }
      await this.begin();
    });
  }

  stop(): Promise<void> {
    return this.enqueue(() => this.end());
  }

  /** Ask the server, once it runs. Rejects with a message for people where it does not. */
  async request<Name extends keyof Requests>(
    name: Name,
    params: Requests[Name]["params"],
    token?: vscode.CancellationToken,
  ): Promise<Requests[Name]["result"]> {
    const client = await this.running();
    type Result = Requests[Name]["result"];
    return token === undefined // which would count as a second parameter
      ? client.sendRequest<Result>(name, params)
      : client.sendRequest<Result>(name, params, token);
  }

  /** Run a command of the server's own: it shows by itself what comes of it. */
  async command(name: string, argument: unknown = {}): Promise<void> {
    const client = await this.running();
    const known = client.initializeResult?.capabilities.executeCommandProvider?.commands ?? [];
    if (!known.includes(name)) {
      throw new Trouble(
        `Homespun: the server that runs here does not know ${name}: it is too old.`,
        ["Install", "Settings"],
      );
    }
    await client.sendRequest("workspace/executeCommand", { command: name, arguments: [argument] });
  }

  /** The running client, for progress that comes under a token. */
  async running(): Promise<LanguageClient> {
    await this.queue;
    if (this.client === undefined || this.now !== "running") {
      throw new Trouble("Homespun: its server does not run.", [
        "Restart",
        "Install",
        "Show log",
        "Settings",
      ]);
    }
    return this.client;
  }

  /** Hear how the request with this token goes, until it is disposed of. */
  async onProgress(token: string, hear: (value: Progress) => void): Promise<vscode.Disposable> {
    const client = await this.running();
    return client.onProgress((await library()).WorkDoneProgress.type, token, hear);
  }

  /** Hear the words of an answer as they come, until it is disposed of. */
  async onPiece(token: string, hear: (piece: Piece) => void): Promise<vscode.Disposable> {
    const client = await this.running();
    return client.onProgress(new (await library()).ProgressType<Piece>(), token, hear);
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }

  private async begin(): Promise<void> {
    const command = find(this.context);
    if (command === undefined) {
      this.become("missing");
      void this.offerToInstall().catch(show);
      return;
    }
    this.become("starting");
    this.log.info(`Starting ${command}`);
    const lsp = await library();
    const client = new lsp.LanguageClient(
      "homespun",
      "Homespun",
      { command, args: ["lsp"] },
      this.options(lsp),
    );
    client.registerFeature(ABILITIES);
    this.listen(client);
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      this.client = undefined;
      this.become("stopped");
      this.log.error(error instanceof Error ? error : String(error));
      throw new Trouble(`Homespun: ${command} could not be started as a language server.`, [
        "Install",
        "Show log",
        "Settings",
      ]);
    }
    await this.refuseOld(client, command);
    this.become("running");
  }

  private async refuseOld(client: LanguageClient, command: string): Promise<void> {
    const version = client.initializeResult?.serverInfo?.version ?? "0";
    if (!isOlder(version, NEEDED)) {
      return;
    }
    await this.end();
    throw new Trouble(
      `Homespun: ${command} is version ${version}; this extension needs ${NEEDED} or newer. ` +
        "Update it, or let the extension install its own and clear the setting homespun.server.path.",
      ["Install", "Settings"],
    );
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.working.clear();
    if (client !== undefined) {
      await client.dispose(2000).catch((error: unknown) => this.log.warn(String(error)));
    }
    this.become("stopped");
  }

  private become(state: State): void {
    this.now = state;
    // By which the walkthrough knows that its first step is done. VS Code looks at changes alone, once
    // a walkthrough was opened: so a second event there becomes true as its page comes to the front.
    void vscode.commands.executeCommand("setContext", "homespun.running", state === "running");
    this.changed.fire(state);
  }

  private listen(client: LanguageClient): void {
    client.onNotification("homespun/job", (note: Notifications["homespun/job"]) => {
      if (note.stage === "done") {
        this.working.delete(note.id);
      } else {
        this.working.add(note.id);
      }
      this.jobs.fire(note);
    });
    client.onNotification("homespun/plan", (plan: Notifications["homespun/plan"]) =>
      this.plans.fire(plan),
    );
    client.onRequest("homespun/input", (params: { title: string }) => this.answers.input(params));
    client.onRequest("homespun/survey", (params: Survey) => this.answers.survey(params));
    client.onRequest("homespun/save", (params: { uris: string[] }) => this.answers.save(params));
  }

  private options(lsp: Library): LanguageClientOptions {
    return {
      documentSelector: [{ scheme: "file" }, { scheme: "untitled" }],
      outputChannel: this.log,
      revealOutputChannelOn: lsp.RevealOutputChannelOn.Never,
      // With the start, so that no request comes before them.
      initializationOptions: chosenSettings(this.context),
      errorHandler: this.errorHandler(lsp),
      initializationFailedHandler: () => false,
      middleware: {
        executeCommand: async (name, given: unknown[], next) =>
          (await this.answers.command(name, given[0]))
            ? undefined
            : ((await next(name, given)) as unknown),
        workspace: {
          configuration: async (params, token, next) =>
            params.items.every((item) => item.section === "homespun")
              ? params.items.map(() => chosenSettings(this.context))
              : next(params, token),
        },
      },
    };
  }

  private errorHandler(lsp: Library): ErrorHandler {
    return {
      error: () => ({ action: lsp.ErrorAction.Continue, handled: true }),
      closed: () => ({ action: this.crashed(lsp.CloseAction), handled: true }),
    };
  }

  /** The server has stopped by itself: once in a while it is started again, not for ever. */
  private crashed(actions: typeof CloseAction): CloseAction {
    if (this.now !== "running") {
      return actions.DoNotRestart; // it never came up, which whoever started it tells
    }
    const busy = this.working.size;
    this.working.clear();
    const since = Date.now() - LATELY;
    this.crashes = [...this.crashes.filter((time) => time > since), Date.now()];
    const again = this.crashes.length < PATIENCE;
    const during =
      busy > 0
        ? ` in the middle of ${busy === 1 ? "a job" : `${busy} jobs`}; what was not applied yet is not lost: see the history`
        : "";
    const words = `Homespun: its server stopped${during}.`;
    this.log.error(words);
    if (again) {
      this.become("running");
      if (busy > 0) {
        void show(new Trouble(`${words} It was started again.`, ["Show log", "Doctor"]));
      }
      return actions.Restart;
    }
    this.client = undefined;
    this.become("stopped");
    void show(
      new Trouble(`${words} It did so ${PATIENCE} times within minutes.`, [
        "Restart",
        "Show log",
        "Install",
        "Settings",
      ]),
    );
    return actions.DoNotRestart;
  }

  /** A remote machine's settings can come a moment after the extension: they may name one. */
  private async offerToInstall(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, SETTLING));
    if (this.now !== "missing") {
      return;
    }
    if (find(this.context) !== undefined) {
      await this.restart();
      return;
    }
    const picked = await vscode.window.showWarningMessage(
      "Homespun: its server is not on this machine. Install it into an environment of its own? " +
        "It needs Python 3.11 or newer, and fetches about 60 MB from your package index.",
      "Install",
      "Settings",
    );
    if (picked === "Install") {
      await vscode.commands.executeCommand("homespun.ui.install");
    } else if (picked === "Settings") {
      await vscode.commands.executeCommand("homespun.ui.settings");
    }
  }
}

/** Tells the server that plans are shown, and files saved, on its word. */
const ABILITIES: StaticFeature = {
  fillClientCapabilities(capabilities) {
    capabilities.experimental = {
      ...(capabilities.experimental as object | undefined),
      homespun: { review: true, save: true, survey: true },
    };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};
