import * as vscode from "vscode";
import { marksOf, type Ghost, type Removed } from "./marks";
import type { Plans } from "./plans";

const LEFT = vscode.OverviewRulerLane.Left;

/** Draws the plans into the editors that show their files: what goes, and what would come. */
export class Painting implements vscode.Disposable {
  private readonly going = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor("diffEditor.removedTextBackground"),
    overviewRulerColor: new vscode.ThemeColor("minimapGutter.deletedBackground"),
    overviewRulerLane: LEFT,
  });
  private readonly staying = vscode.window.createTextEditorDecorationType({});
  private readonly coming = vscode.window.createTextEditorDecorationType({
    overviewRulerColor: new vscode.ThemeColor("minimapGutter.addedBackground"),
    overviewRulerLane: LEFT,
  });
  private readonly watching: { dispose(): void }[];

  constructor(private readonly plans: Plans) {
    this.watching = [
      plans.onChange(() => this.drawAll()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.drawAll()),
      this.going,
      this.staying,
      this.coming,
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.watching).dispose();
  }

  private drawAll(): void {
    vscode.window.visibleTextEditors
      .filter((editor) => !isInDiff(editor))
      .forEach((editor) => this.draw(editor));
  }

  private draw(editor: vscode.TextEditor): void {
    const { document } = editor;
    const all = this.plans.of(document.uri);
    const spots = all.filter(({ file }) => [null, document.version].includes(file.version));
    if (spots.length < all.length) {
      return; // typed since it was told: the editor moves what is drawn, and news is on its way
    }
    const marks = spots.map(({ file }) => marksOf(file, document.lineCount));
    const removed = marks.flatMap((one) => one.removed);
    const drawn = (accepted: boolean) =>
      removed.filter((one) => one.accepted === accepted).map((one) => goes(one, document));
    const ghosts = marks.flatMap((one) => one.ghosts);
    editor.setDecorations(this.going, drawn(true));
    editor.setDecorations(this.staying, drawn(false));
    editor.setDecorations(
      this.coming,
      ghosts.map((ghost) => comes(ghost, document)),
    );
  }
}

/** A diff editor shows by itself what goes and comes. */
function isInDiff(editor: vscode.TextEditor): boolean {
  const group = vscode.window.tabGroups.all.find((one) => one.viewColumn === editor.viewColumn);
  return group === undefined || group.activeTab?.input instanceof vscode.TabInputTextDiff;
}

function goes(one: Removed, document: vscode.TextDocument): vscode.DecorationOptions {
  return { range: lines(document, one.first, one.last), hoverMessage: hover(one.diff) };
}

function comes(ghost: Ghost, document: vscode.TextDocument): vscode.DecorationOptions {
  return {
    range: lines(document, ghost.line, ghost.line),
    hoverMessage: hover(ghost.diff),
    renderOptions: { after: ghost.accepted ? taken(ghost.text) : left(ghost.text) },
  };
}

type After = vscode.ThemableDecorationAttachmentRenderOptions;

function taken(text: string): After {
  return {
    contentText: `→ ${text}`,
    margin: "0 0 0 2ch",
    color: new vscode.ThemeColor("gitDecoration.addedResourceForeground"),
    backgroundColor: new vscode.ThemeColor("diffEditor.insertedLineBackground"),
  };
}

function left(text: string): After {
  return {
    contentText: `→ ${text}`,
    margin: "0 0 0 2ch",
    color: new vscode.ThemeColor("disabledForeground"),
    textDecoration: "line-through",
  };
}

function lines(document: vscode.TextDocument, first: number, last: number): vscode.Range {
  const end = document.lineAt(Math.min(last, document.lineCount - 1)).range.end;
  return new vscode.Range(new vscode.Position(first, 0), end);
}

/** A diff to hover over: never trusted, for a model wrote it. */
function hover(diff: string): vscode.MarkdownString {
  return new vscode.MarkdownString().appendCodeblock(diff, "diff");
}
