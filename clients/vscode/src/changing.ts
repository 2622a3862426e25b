import * as vscode from "vscode";
import type { Asking } from "./asking";
import { askInstruction } from "./instruction";
import type {
  EditParams,
  EditResult,
  Position,
  Range,
  RefactorParams,
  Requests,
  TextDocument,
} from "./protocol";
import type { Status } from "./status";
import { Trouble, shown } from "./trouble";

type Change = "homespun/edit" | "homespun/refactor" | "homespun/undo" | "homespun/reapply";

/** Changes: asked for from the place of the cursor, and told how they ended. */
export class Changing {
  private readonly told = new Set<string>();

  constructor(
    private readonly asking: Asking,
    private readonly status: Status,
    private readonly memory: vscode.Memento,
  ) {}

  /** Ask for an instruction, and have it done where the cursor is. */
  async edit(): Promise<void> {
    const editor = activeEditor();
    const place = placeOf(editor);
    const what = editor.selection.isEmpty ? "here" : "the selection";
    const instruction = await askInstruction(this.memory, `Homespun: edit ${what}`);
    if (instruction !== undefined) {
      await this.change("homespun/edit", { ...place, instruction }, "Homespun: edit");
    }
  }

  /** Ask for an instruction, and have it done in the whole workspace. */
  async refactor(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const where = editor && {
      textDocument: documentOf(editor.document),
      position: positionOf(editor.selection.active),
    };
    await this.refactorFromAction({ ...where });
  }

  /** Refactor as a code action of the server's asks for; without an instruction, ask for it. */
  async refactorFromAction(params: RefactorParams): Promise<void> {
    const given = params.instruction ?? params.resume;
    this.told.delete(params.resume ?? ""); // it keeps its id, and ends once more
    const instruction =
      given ?? (await askInstruction(this.memory, "Homespun: refactor the workspace"));
    if (instruction !== undefined) {
      const asked = given === undefined || given === null ? { ...params, instruction } : params;
      await this.change("homespun/refactor", asked, "Homespun: refactor");
    }
  }

  /** Have one of the problems at the cursor fixed: which there are, the server says. */
  async fix(): Promise<void> {
    const editor = activeEditor();
    const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      editor.document.uri,
      wholeLines(editor),
      "quickfix.homespun",
    );
    const ours = found.filter((action) => action.kind?.value.startsWith("quickfix.homespun"));
    if (ours.length === 0) {
      throw new Trouble(
        "Homespun: the editor knows of no problem in these lines. Put the cursor on one, or use Edit.",
      );
    }
    const titles = ours.map((action) => action.title);
    const title = ours.length === 1 ? titles[0] : await vscode.window.showQuickPick(titles);
    const command = ours.find((action) => action.title === title)?.command;
    if (command !== undefined) {
      await vscode.commands.executeCommand(
        command.command,
        ...((command.arguments ?? []) as unknown[]),
      );
    }
  }

  /** Carry out what a code action of the server's asks for. */
  async fromAction(params: EditParams): Promise<void> {
    if (params.source !== "input") {
      await this.change("homespun/edit", params, "Homespun: edit");
      return;
    }
    const instruction = await askInstruction(this.memory, "Homespun: edit");
    if (instruction !== undefined) {
      await this.change("homespun/edit", { ...params, instruction }, "Homespun: edit");
    }
  }

  async change<Name extends Change>(
    name: Name,
    params: Requests[Name]["params"],
    title: string,
  ): Promise<void> {
    const done = await this.asking.ask(name, params, title);
    if (done !== undefined) {
      this.status.answered(done.result.answeredBy, done.ending);
      this.tell(done.result, done.ending);
    }
  }

  /** Tell of a plan that was finished, unless the request that it came from does so. */
  async tellLater(result: EditResult): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    this.tell(result);
  }

  /**
   * Tell how a change ended, once: two requests may end with the same one. Nothing waits for the
   * message to be read: the command that began it is over.
   */
  tell(result: EditResult, ending = ""): void {
    if (this.told.has(result.changeId)) {
      return;
    }
    this.told.add(result.changeId);
    const words = [`Homespun: ${ending || endingOf(result)}.`, result.summary, ...result.reasons];
    const landed = result.status === "applied" || result.status === "partly";
    const buttons = [
      ...(landed && result.unsaved.length > 0 ? [SAVE] : []),
      ...(landed ? [UNDO, DIFF] : []),
    ];
    const show =
      result.status === "applied" || result.status === "nothing"
        ? vscode.window.showInformationMessage
        : vscode.window.showWarningMessage;
    const message = words.filter((line) => line !== "").join("\n");
    void shown(async () => this.follow(result, await show(message, ...buttons)))();
  }

  private async follow(result: EditResult, picked: string | undefined): Promise<void> {
    const { changeId } = result;
    if (picked === UNDO) {
      this.told.delete(changeId);
      await this.change("homespun/undo", { changeId }, "Homespun: undo");
    } else if (picked === DIFF) {
      await vscode.commands.executeCommand("homespun.ui.showChange", changeId);
    } else if (picked === SAVE) {
      await save(result.unsaved);
    }
  }
}

/** Milliseconds in which a request ends whose plan has ended. */
const PATIENCE = 1000;
const SAVE = "Save all";
const UNDO = "Undo";
const DIFF = "Show the diff";

/** How a change ended and who answered, where the server's own words did not come. */
function endingOf({ status, answeredBy: by }: EditResult): string {
  return by.model === ""
    ? status
    : `${status} · ${by.provider}/${by.model} (${by.local ? "local" : "cloud"})`;
}

/** Save documents by their addresses; the editor itself tells what it cannot save. */
export async function save(uris: readonly string[]): Promise<void> {
  for (const uri of uris) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
    await document.save();
  }
}

export function activeEditor(): vscode.TextEditor {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    throw new Trouble("Homespun: open a file first.");
  }
  return editor;
}

/** The selection, or the cursor, as the server takes it. */
export function placeOf(editor: vscode.TextEditor): { textDocument: TextDocument; range: Range } {
  const { start, end } = editor.selection;
  const range = { start: positionOf(start), end: positionOf(end) };
  return { textDocument: documentOf(editor.document), range };
}

/** As plain data: VS Code's own ranges become lists on the wire. */
function positionOf({ line, character }: vscode.Position): Position {
  return { line, character };
}

function documentOf(document: vscode.TextDocument): TextDocument {
  return { uri: document.uri.toString(), version: document.version };
}

function wholeLines(editor: vscode.TextEditor): vscode.Range {
  const { start, end } = editor.selection;
  return new vscode.Range(start.with({ character: 0 }), editor.document.lineAt(end.line).range.end);
}
