import * as vscode from "vscode";
import { isCancelled, type Asking } from "./asking";
import { activeEditor, placeOf } from "./changing";
import type { ExplainParams, ExplainResult } from "./protocol";
import type { Server } from "./server";
import type { Status } from "./status";
import { troubleOf } from "./trouble";

/**
 * Milliseconds between two drawings of an explanation that grows. VS Code itself waits until a
 * thread was left alone for 100 ms before it draws: any faster, and nothing is drawn at all.
 */
const CALM = 110;
/** Characters of an explanation that a thread shows; the rest opens as a document. */
const SHOWN = 10_000;
const MORE = "_There is more: Open All of It as a Document, above or beside Ask._";
/** Characters of its beginning that stand behind the code while it grows. */
const WIDTH = 40;
/** Milliseconds that they stand there: the thread has more of them by then. */
const LEAD = 1500;

/** Explanations: comment threads below what they explain, which grow while the model speaks. */
export class Explaining implements vscode.Disposable {
  private readonly controller = vscode.comments.createCommentController("homespun", "Homespun");
  private readonly talks = new Map<vscode.CommentThread, Talk>();

  constructor(
    private readonly server: Server,
    private readonly asking: Asking,
    private readonly status: Status,
  ) {
    this.controller.options = { prompt: "Ask a question about this", placeHolder: "Your question" };
  }

  get threads(): readonly vscode.CommentThread[] {
    return [...this.talks.keys()];
  }

  /** Explain the selection, or the definition around the cursor. */
  async explain(): Promise<void> {
    await this.fromAction(placeOf(activeEditor()));
  }

  /** Explain what a code action of the server's asks for. */
  async fromAction(params: ExplainParams): Promise<void> {
    const uri = vscode.Uri.parse(params.textDocument.uri);
    const { start, end } = params.range ?? { start: NOWHERE, end: NOWHERE };
    const range = new vscode.Range(start.line, start.character, end.line, end.character);
    this.leaveOthers(uri);
    const thread = this.controller.createCommentThread(uri, range, []);
    thread.label = "Homespun explains";
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    const talk = new Talk(thread, params);
    this.talks.set(thread, talk);
    await this.speak(talk);
  }

  /** Ask about what was explained; the answer comes below. */
  async reply({ thread, text }: vscode.CommentReply): Promise<void> {
    const talk = this.talks.get(thread);
    if (talk !== undefined && text.trim() !== "") {
      talk.question(text.trim());
      await this.speak(talk);
    }
  }

  stop(thread: vscode.CommentThread): void {
    this.talks.get(thread)?.stop();
  }

  /** Keep an explanation when the next one is asked for. */
  keep(thread: vscode.CommentThread): void {
    this.talks.get(thread)?.keep();
  }

  dismiss(thread: vscode.CommentThread): void {
    this.talks.get(thread)?.stop();
    this.talks.delete(thread);
    thread.dispose();
  }

  /** All of an explanation, where it is too long for its thread: by the title's button or below. */
  async whole(from: vscode.CommentThread | vscode.CommentReply): Promise<void> {
    const content = this.talks.get("thread" in from ? from.thread : from)?.text ?? "";
    const document = await vscode.workspace.openTextDocument({ language: "markdown", content });
    await vscode.window.showTextDocument(document);
  }

  dispose(): void {
    for (const talk of this.talks.values()) {
      talk.stop();
    }
    this.controller.dispose();
  }

  private leaveOthers(uri: vscode.Uri): void {
    for (const [thread, talk] of this.talks) {
      if (!talk.kept && thread.uri.toString() === uri.toString()) {
        this.dismiss(thread);
      }
    }
  }

  private async speak(talk: Talk): Promise<void> {
    const source = talk.begin();
    try {
      const [pieces, work] = [this.asking.token(), this.asking.token()];
      let ending = "";
      const listening = [
        await this.server.onPiece(pieces, ({ text }) => talk.hear(text)),
        await this.server.onProgress(work, (value) => {
          ending = value.message ?? "";
          if (value.kind !== "end") {
            talk.stage(ending);
          }
        }),
      ];
      try {
        const params = { ...talk.params, partialResultToken: pieces, workDoneToken: work };
        const result = await this.server.request("homespun/explain", params, source.token);
        this.status.answered(result.answeredBy, ending);
        talk.end(result, ending);
      } finally {
        for (const one of listening) {
          one.dispose();
        }
      }
    } catch (error) {
      talk.fail(isCancelled(error) ? "Stopped." : troubleOf(error).message);
    }
  }
}

const NOWHERE = { line: 0, character: 0 };

/** One thread: what was explained, what was asked, and the answer that grows. */
class Talk {
  private readonly firstWords: FirstWords;
  private readonly comments: vscode.Comment[] = [];
  private source = new vscode.CancellationTokenSource();
  private timer: NodeJS.Timeout | undefined;
  private news = false;
  private stageNow = "";
  text = "";
  kept = false;

  constructor(
    readonly thread: vscode.CommentThread,
    public params: ExplainParams,
  ) {
    this.firstWords = new FirstWords(thread);
  }

  begin(): vscode.CancellationTokenSource {
    this.source = new vscode.CancellationTokenSource();
    this.text = "";
    this.stageNow = "Waiting for the model";
    this.thread.contextValue = "speaking";
    this.thread.canReply = false;
    this.comments.push(comment("", this.stageNow));
    this.drawSoon();
    return this.source;
  }

  question(text: string): void {
    this.comments.push(comment(text, "", "You"));
    const { question, earlier = [] } = this.params;
    const said = { question: question ?? "", answer: this.text };
    this.params = { ...this.params, question: text, earlier: [...earlier, said] };
  }

  hear(piece: string): void {
    this.text += piece;
    this.firstWords.show(this.text);
    this.drawSoon();
  }

  stage(message: string): void {
    this.stageNow = message;
    this.drawSoon();
  }

  end(result: ExplainResult, ending: string): void {
    this.text = result.markdown;
    this.finish(ending);
  }

  fail(message: string): void {
    this.text = [this.text, `_${message}_`].filter((part) => part !== "").join("\n\n");
    this.finish("");
  }

  keep(): void {
    this.kept = true;
    this.settle();
  }

  stop(): void {
    this.source.cancel();
  }

  private finish(ending: string): void {
    this.stageNow = ending;
    this.firstWords.clear();
    clearTimeout(this.timer);
    this.timer = undefined;
    this.thread.canReply = true;
    this.settle();
    // As a new one: what a screen reader is told of a comment is never told anew.
    this.comments.pop();
    this.comments.push(comment("", ""));
    this.draw();
  }

  private settle(): void {
    const long = this.text.length > SHOWN ? " long" : "";
    this.thread.contextValue = `${this.kept ? "kept" : "said"}${long}`;
  }

  /** Steady: what comes in between is drawn as one. */
  private drawSoon(): void {
    this.news = true;
    if (this.timer === undefined) {
      this.drawNews();
    }
  }

  private drawNews(): void {
    this.timer = undefined;
    if (this.news) {
      this.news = false;
      this.draw();
      this.timer = setTimeout(() => this.drawNews(), CALM);
    }
  }

  /** The same comment with other words: VS Code draws one that it does not know from scratch. */
  private draw(): void {
    const last = this.comments[this.comments.length - 1];
    if (last !== undefined) {
      Object.assign(last, comment(shortened(this.text), this.stageNow));
    }
    this.thread.comments = [...this.comments];
  }
}

/**
 * The beginning of an explanation behind the code that it is about, while the model speaks: it is
 * on the screen at once, where a thread takes its time.
 */
class FirstWords {
  private static readonly look = vscode.window.createTextEditorDecorationType({});
  private shown = "";
  private since: number | undefined;

  constructor(private readonly thread: vscode.CommentThread) {}

  show(text: string): void {
    this.since ??= Date.now();
    if (Date.now() - this.since > LEAD) {
      this.draw([]);
      return;
    }
    const line = text.trim().replace(/\s+/g, " ").slice(0, WIDTH);
    this.draw([{ range: this.end(), renderOptions: { after: words(line) } }], line);
  }

  /** Until the next answer. */
  clear(): void {
    this.since = undefined;
    this.draw([]);
  }

  private draw(options: vscode.DecorationOptions[], line = ""): void {
    if (line === this.shown) {
      return;
    }
    this.shown = line;
    const uri = this.thread.uri.toString();
    vscode.window.visibleTextEditors
      .filter((editor) => editor.document.uri.toString() === uri)
      .forEach((editor) => editor.setDecorations(FirstWords.look, options));
  }

  private end(): vscode.Range {
    const line = this.thread.range?.end.line ?? 0;
    return new vscode.Range(line, Number.MAX_SAFE_INTEGER, line, Number.MAX_SAFE_INTEGER);
  }
}

function words(line: string): vscode.ThemableDecorationAttachmentRenderOptions {
  const color = new vscode.ThemeColor("editorCodeLens.foreground");
  return { contentText: line, margin: "0 0 0 2ch", color, fontStyle: "italic" };
}

/** A model wrote it: not trusted, no HTML; what could load a picture the server has broken up. */
function comment(text: string, label: string, name = "Homespun"): vscode.Comment {
  const body = new vscode.MarkdownString(text);
  body.isTrusted = false;
  body.supportHtml = false;
  return { body, mode: vscode.CommentMode.Preview, author: { name }, label };
}

function shortened(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)} …\n\n${MORE}`;
}
