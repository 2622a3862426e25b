import * as vscode from "vscode";

type Table = { [key: string]: unknown };

interface Manifest {
  contributes: { configuration: { properties: Record<string, { scope?: string }> }[] };
}

/**
 * What the user has set of the server's settings. Defaults are left out: they would win over the
 * user's own `config.toml`.
 */
export function chosenSettings(context: vscode.ExtensionContext): Table {
  const manifest = context.extension.packageJSON as Manifest;
  const settings = vscode.workspace.getConfiguration("homespun");
  const chosen: Table = {};
  for (const page of manifest.contributes.configuration) {
    for (const [name, { scope }] of Object.entries(page.properties)) {
      const key = name.slice("homespun.".length);
      const value = key.startsWith("server.")
        ? undefined
        : chosenValue(settings, key, scope === "machine");
      if (value !== undefined) {
        put(chosen, key.split("."), value);
      }
    }
  }
  return chosen;
}

/** A setting that names a program, an address or a key is the user's alone, never a folder's. */
function chosenValue(
  settings: vscode.WorkspaceConfiguration,
  key: string,
  usersOnly: boolean,
): unknown {
  const found = settings.inspect<unknown>(key);
  const folders = usersOnly ? undefined : (found?.workspaceFolderValue ?? found?.workspaceValue);
  return folders ?? found?.globalValue;
}

function put(table: Table, path: readonly string[], value: unknown): void {
  const [first, ...rest] = path;
  if (first === undefined) {
    return;
  }
  if (rest.length === 0) {
    table[first] = value;
    return;
  }
  const inner = (table[first] ??= {}) as Table;
  put(inner, rest, value);
}
