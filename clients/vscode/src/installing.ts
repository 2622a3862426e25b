import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";
import { thisMachine } from "./finding";
import { inEnvironment, onPath, pythonNames } from "./places";
import { Trouble } from "./trouble";

const STAMP = ".installed";
const WHEEL = /^homespun-.*\.whl$/;
const VERSION = "import sys, ensurepip; sys.exit(sys.version_info < (3, 11))";
const NO_PYTHON =
  "Homespun: its server needs Python 3.11 or newer, with venv and pip, and none was found. " +
  "Install one (on Debian and Ubuntu: python3 and python3-venv), or name it in the setting " +
  "homespun.server.python.";

/** Our own `homespun`, undefined where it is not there, not whole or of another version. */
export function installed(context: vscode.ExtensionContext): string | undefined {
  const folder = environment(context);
  const stamp = path.join(folder, STAMP);
  if (!fs.existsSync(stamp) || fs.readFileSync(stamp, "utf8") !== wheel(context)) {
    return undefined;
  }
  return inEnvironment(folder, "homespun", process.platform);
}

/**
 * Install the wheel that came with the extension, with what it needs, each file checked against
 * its hash. Cancelling leaves nothing that would count as installed.
 */
export async function install(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): Promise<void> {
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: "Homespun: installing its server",
      cancellable: true,
    },
    async (progress, cancel) => {
      const stop = new AbortController();
      cancel.onCancellationRequested(() => stop.abort());
      const run = (program: string, ...given: string[]) =>
        execute(program, given, stop.signal, log);
      progress.report({ message: "looking for Python" });
      const python = await findPython(run);
      const folder = environment(context);
      await fs.promises.rm(folder, { recursive: true, force: true });
      progress.report({ message: "making an environment" });
      await run(python, "-m", "venv", folder);
      const pip = [
        inEnvironment(folder, "python", process.platform),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--quiet",
      ] as const;
      progress.report({ message: "fetching what it needs" });
      await run(
        ...pip,
        "install",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "-r",
        bundled(context, "requirements.txt"),
      );
      progress.report({ message: "almost there" });
      await run(...pip, "install", "--no-deps", "--no-index", bundled(context, wheel(context)));
      await fs.promises.writeFile(path.join(folder, STAMP), wheel(context));
    },
  );
}

type Run = (program: string, ...given: string[]) => Promise<void>;

async function findPython(run: Run): Promise<string> {
  const named = vscode.workspace
    .getConfiguration("homespun")
    .get<string>("server.python", "")
    .trim();
  const machine = thisMachine();
  const names =
    named === "" ? pythonNames(machine.platform).map((name) => onPath(name, machine)) : [named];
  for (const python of names) {
    if (python !== undefined && (await works(run, python))) {
      return python;
    }
  }
  throw new Trouble(NO_PYTHON, ["Settings", "Show log"]);
}

async function works(run: Run, python: string): Promise<boolean> {
  try {
    await run(python, "-c", VERSION);
    return true;
  } catch (error) {
    if (error instanceof vscode.CancellationError) {
      throw error;
    }
    return false;
  }
}

function execute(
  program: string,
  given: readonly string[],
  signal: AbortSignal,
  log: vscode.LogOutputChannel,
): Promise<void> {
  log.info(`${program} ${given.join(" ")}`);
  return new Promise((resolve, reject) => {
    execFile(program, given, { signal, maxBuffer: 16 * 1024 * 1024 }, (error, _, said) => {
      if (error === null) {
        resolve();
        return;
      }
      log.error(said);
      reject(signal.aborted ? new vscode.CancellationError() : failed(said));
    });
  });
}

function failed(said: string): Trouble {
  const last = said.trim().split("\n").at(-1) ?? "";
  return new Trouble(`Homespun: its server could not be installed. ${last}`, [
    "Install",
    "Show log",
  ]);
}

function environment(context: vscode.ExtensionContext): string {
  return path.join(context.globalStorageUri.fsPath, "server");
}

function bundled(context: vscode.ExtensionContext, name: string): string {
  return path.join(context.extensionPath, "bundled", name);
}

/** The name of the wheel that came with the extension. */
function wheel(context: vscode.ExtensionContext): string {
  const found = fs.readdirSync(bundled(context, "")).find((name) => WHEEL.test(name));
  if (found === undefined) {
    throw new Trouble(
      "Homespun: this extension came without its server. Set homespun.server.path.",
      ["Settings"],
    );
  }
  return found;
}
