import * as fs from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";
import { installed } from "./installing";
import { inWorkspace, onPath, type Machine } from "./places";
import { Trouble } from "./trouble";

/** This machine, which is the remote one where the folder is remote. */
export function thisMachine(): Machine {
  return { platform: process.platform, path: process.env["PATH"] ?? "", isFile };
}

/**
 * The `homespun` to start: the setting's, our own where the user had it installed, that on PATH,
 * that of the workspace's Python. Undefined where there is none.
 */
export function find(context: vscode.ExtensionContext): string | undefined {
  const named = vscode.workspace.getConfiguration("homespun").get<string>("server.path", "").trim();
  if (named !== "") {
    if (!isFile(named)) {
      throw new Trouble(
        `Homespun: the setting homespun.server.path names ${named}, which is not there.`,
        ["Settings", "Install"],
      );
    }
    return named;
  }
  const machine = thisMachine();
  return installed(context) ?? onPath("homespun", machine) ?? ofWorkspace(machine);
}

/** A program that comes with the folder is only started where the folder is trusted. */
function ofWorkspace(machine: Machine): string | undefined {
  if (!vscode.workspace.isTrusted) {
    return undefined;
  }
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(
    (one) => one.uri.scheme === "file",
  );
  return (
    ofChosenPython(folders) ??
    inWorkspace(
      "homespun",
      folders.map((one) => one.uri.fsPath),
      machine,
    )
  );
}

interface PythonApi {
  environments?: { getActiveEnvironmentPath(where?: vscode.Uri): { path: string } };
}

/** Beside the interpreter that was chosen in the Python extension, where that is at work. */
function ofChosenPython(folders: readonly vscode.WorkspaceFolder[]): string | undefined {
  const python = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  const environments = python?.isActive === true ? python.exports.environments : undefined;
  const name = process.platform === "win32" ? "homespun.exe" : "homespun";
  return folders
    .map((folder) => environments?.getActiveEnvironmentPath(folder.uri).path)
    .filter((interpreter) => interpreter !== undefined && path.isAbsolute(interpreter))
    .map((interpreter) => path.join(path.dirname(interpreter as string), name))
    .find(isFile);
}

function isFile(name: string): boolean {
  return fs.statSync(name, { throwIfNoEntry: false })?.isFile() ?? false;
}
