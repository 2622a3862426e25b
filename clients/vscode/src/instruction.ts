import * as vscode from "vscode";

const KEY = "homespun.instructions";
const KEPT = 50;

/** An input box that remembers: what was asked before is offered below it, the latest first. */
export async function askInstruction(
  memory: vscode.Memento,
  title: string,
): Promise<string | undefined> {
  const earlier = memory.get<string[]>(KEY, []);
  const typed = await pick(title, earlier);
  if (typed !== undefined) {
    await memory.update(KEY, [typed, ...earlier.filter((one) => one !== typed)].slice(0, KEPT));
  }
  return typed;
}

function pick(title: string, earlier: readonly string[]): Promise<string | undefined> {
  const box = vscode.window.createQuickPick();
  box.title = title;
  box.placeholder =
    earlier.length === 0 ? "What should be done?" : "What should be done? Earlier ones are below.";
  box.ignoreFocusOut = true;
  const offer = () => {
    const value = box.value.trim();
    const own =
      value === ""
        ? []
        : [{ label: value, alwaysShow: true, iconPath: new vscode.ThemeIcon("edit") }];
    const known = earlier.filter((one) => one !== value);
    box.items = [
      ...own,
      ...known.map((label) => ({ label, iconPath: new vscode.ThemeIcon("history") })),
    ];
    if (own[0] !== undefined) {
      box.activeItems = [own[0]];
    }
  };
  offer();
  box.onDidChangeValue(offer);
  return new Promise((resolve) => {
    box.onDidAccept(() => {
      const chosen = box.activeItems[0]?.label ?? box.value.trim();
      resolve(chosen === "" ? undefined : chosen);
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}
