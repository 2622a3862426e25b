/** Where programs can be: nothing here knows the editor, so that it can be tested by itself. */
import * as path from "node:path";

export interface Machine {
  platform: NodeJS.Platform;
  /** The variable PATH. */
  path: string;
  isFile: (name: string) => boolean;
}

const VIRTUAL_ENVIRONMENTS = [".venv", "venv", "env"];

/** A program of the virtual environment in `folder`. */
export function inEnvironment(folder: string, name: string, platform: NodeJS.Platform): string {
  return platform === "win32"
    ? path.win32.join(folder, "Scripts", `${name}.exe`)
    : path.posix.join(folder, "bin", name);
}

/** The first `name` on PATH; relative entries are skipped, for they mean the folder at hand. */
export function onPath(name: string, machine: Machine): string | undefined {
  const paths = machine.platform === "win32" ? path.win32 : path.posix;
  const file = machine.platform === "win32" ? `${name}.exe` : name;
  return machine.path
    .split(paths.delimiter)
    .filter((folder) => paths.isAbsolute(folder))
    .map((folder) => paths.join(folder, file))
    .find((found) => machine.isFile(found));
}

/** `name` in a virtual environment of one of the `folders`. */
export function inWorkspace(
  name: string,
  folders: readonly string[],
  machine: Machine,
): string | undefined {
  return folders
    .flatMap((folder) => VIRTUAL_ENVIRONMENTS.map((env) => `${folder}/${env}`))
    .map((folder) => inEnvironment(folder, name, machine.platform))
    .find((found) => machine.isFile(found));
}

/** Pythons to try, the newest first. */
export function pythonNames(platform: NodeJS.Platform): readonly string[] {
  const numbered = ["python3.14", "python3.13", "python3.12", "python3.11"];
  return platform === "win32" ? ["python", "py"] : [...numbered, "python3", "python"];
}

/** Whether the version `found` comes before `needed`; both as `1.2.3`, more is left out. */
export function isOlder(found: string, needed: string): boolean {
  const [left, right] = [found, needed].map((text) =>
    text.split(".").map((part) => Number.parseInt(part, 10) || 0),
  );
  for (let at = 0; at < 3; at += 1) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) {
      return difference < 0;
    }
  }
  return false;
}
