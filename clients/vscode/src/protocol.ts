// Generated from `server/homespun/lsp/methods.py` by `clients/generate.py`.

/** A model server to keep in the user's settings file, under a name of its own. */
export interface AddModelParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  /** Up to 60 letters, digits, and `.`, `-`, `_`. */
  name: string;
  /** The kind of server, such as `vllm`, in any spelling. */
  type: string;
  /** Its address; empty for the usual one of its type. */
  endpoint?: string;
  /** The models it serves, where it cannot tell. */
  models?: string[];
  /** Where its key is: `env:NAME` or `keyring:NAME`; never a key. */
  key?: string;
}

/** What was added; it serves once it is selected. */
export interface AddModelResult {
  name: string;
  /** The settings file that it is kept in. */
  file: string;
}

/** Who answered; all empty where no model was asked. */
export interface AnsweredBy {
  provider: string;
  model: string;
  local: boolean;
}

/** How the window would be used, in tokens. */
export interface Budget {
  prompt: number;
  /** The longest answer that would be allowed. */
  answer: number;
  /** What stays free, for estimates are not exact. */
  margin: number;
  /** Whether the prompt was counted by the server's tokenizer. */
  exact: boolean;
}

/** A tool's name and its arguments, which should be JSON; a model wrote them. */
export interface CalledFunction {
  name: string;
  arguments: string;
}

/** A model's wish to call a tool. */
export interface CalledTool {
  id: string;
  type?: "function";
  function: CalledFunction;
}

/** Which file of which running refactor. */
export interface CancelFileParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  /** The `changeId` of a result, or the `id` of a survey. */
  id: string;
  /** The file's `uri` or `path`. */
  file: string;
}

/** Whether it was still to be done. */
export interface CancelFileResult {
  cancelled: boolean;
}

/** Which change; without `changeId`, the latest. */
export interface ChangeParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  changeId?: string | null;
}

/** What became of a file; `added` and `removed` count lines. */
export interface ChangedFile {
  uri: string;
  action: "edit" | "create" | "delete" | "rename";
  added: number;
  removed: number;
}

/** Something said: by the user, by the model before, or by a tool that the model called. */
export interface ChatMessage {
  role: "system" | "user" | "assistant" | "tool";
  content?: string | (TextPart | ImagePart)[] | null;
  tool_calls?: CalledTool[];
  /** In a tool's message: the call that it answers. */
  tool_call_id?: string;
}

/**
 * What to say to the model; its words are streamed on `partialResultToken` as `{"text"}`. Tools and
 * pictures are passed on where the model is known to take them, and an error elsewhere.
 */
export interface ChatParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  messages: ChatMessage[];
  tools?: Record<string, unknown>[];
  /** As `provider/model`; else the one that serves. */
  model?: string | null;
  partialResultToken?: number | string | null;
}

/** What the model said, and which tools it wants called. */
export interface ChatResult {
  text: string;
  toolCalls: CalledTool[];
  answeredBy: AnsweredBy;
  usage: Usage;
}

/** A file, or a part of one, that would be shown; several parts are several items. */
export interface ContextItem {
  uri: string;
  /** The name that the model is given. */
  path: string;
  /** Which part; none where all of it is shown. */
  range: Range | null;
  /**
   * `outline`: only first lines of definitions; `changes`: what has changed since the model was
   * shown the file; `rules`: the project's own, beside the instructions.
   */
  shown: "whole" | "part" | "outline" | "changes" | "rules";
  tokens: number;
  /** Why it is shown, for people. */
  reason: string;
}

/** The change that is thought of, as `homespun/edit` takes it; it may lack an instruction. */
export interface ContextParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  textDocument: TextDocument;
  /** Empty: the definition around it. */
  range?: Range | null;
  instruction?: string | null;
  /** The name of a preset or of one of the user's. */
  action?: string | null;
  /** Where the instruction comes from, if it isn't given. */
  source?: "comment" | "input" | null;
  /** Messages of the problems to fix. */
  diagnostics?: string[];
  /** Default: `selection` where a range is given, else `file`. */
  scope?: "selection" | "file" | "workspace" | null;
  review?: "never" | "risky" | "always" | null;
  model?: string | null;
}

/** What would be sent, and where to. Nothing has been sent. */
export interface ContextResult {
  destination: Destination;
  messages: PromptMessage[];
  items: ContextItem[];
  leftOut: LeftOutFile[];
  redactions: Redaction[];
  window: ContextWindow;
  budget: Budget;
  /** The reply format that would be asked for. */
  format: string;
}

/** The model's context window in tokens. */
export interface ContextWindow {
  tokens: number;
  /** Whether the server did not say, and no setting does. */
  guessed: boolean;
}

/** What to take or leave: one hunk of a file, a whole file, or without `file` all of it. */
export interface DecideParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  /** As `homespun/plan` told it. */
  planId: string;
  accept: boolean;
  file?: string | null;
  /** The hunk's `index`. */
  hunk?: number | null;
}

/** Where it would go. */
export interface Destination {
  provider: string;
  model: string;
  /** The endpoint's base URL, without key and query. */
  address: string;
  /** Whether the text stays in the user's own network. */
  local: boolean;
}

/** Which one. */
export interface DropRefactorParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  /** The `changeId` of a result, or the `id` of a survey. */
  id: string;
}

/** Whether there was one. */
export interface DropRefactorResult {
  dropped: boolean;
}

/** What to change. Without `instruction` or `action`, a `homespun:` comment in `range` is it. */
export interface EditParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  textDocument: TextDocument;
  /** Empty: the definition around it. */
  range?: Range | null;
  instruction?: string | null;
  /** The name of a preset or of one of the user's. */
  action?: string | null;
  /** Where the instruction comes from, if it isn't given. */
  source?: "comment" | "input" | null;
  /** Messages of the problems to fix. */
  diagnostics?: string[];
  /** Default: `selection` where a range is given, else `file`. */
  scope?: "selection" | "file" | "workspace" | null;
  review?: "never" | "risky" | "always" | null;
  model?: string | null;
}

/** How a change ended; a refused one is no error but `rejected`, with `reasons`. */
export interface EditResult {
  changeId: string;
  status: "applied" | "partly" | "rejected" | "nothing";
  summary: string;
  reasons: string[];
  files: ChangedFile[];
  answeredBy: AnsweredBy;
  usage: Usage;
  /** URIs of changed files that are not on disk yet. */
  unsaved: string[];
  /** A unified diff of the later edits that stand in the way of an undo. */
  obstacle: string;
}

/** A question about a place, and how it was answered; "" asks for an explanation. */
export interface Exchange {
  question: string;
  answer: string;
}

/** What to explain; the words are streamed on `partialResultToken` as `{"text": "..."}`. */
export interface ExplainParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  textDocument: TextDocument;
  range?: Range | null;
  question?: string;
  /** What was asked and answered about this place before, the oldest first. */
  earlier?: Exchange[];
  partialResultToken?: number | string | null;
}

/** An explanation. */
export interface ExplainResult {
  markdown: string;
  answeredBy: AnsweredBy;
  usage: Usage;
}

/** The `data` of an error that has its reason: for programs, and what to do next. */
export interface Failure {
  code: string;
  hint: string;
}

/** How the plan is to end. */
export interface FinishParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  /** As `homespun/plan` told it. */
  planId: string;
  /** Make what was accepted, or drop all of it. */
  apply: boolean;
}

/** One of the doctor's checks: what was looked at, what was found, what to do. */
export interface HealthCheck {
  name: string;
  status: "ok" | "warning" | "error";
  found: string;
  hint: string;
  details: Record<string, unknown>;
}

/** What to check: without `provider`, all that the doctor does. */
export interface HealthParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  /** One of the settings', or a preset. */
  provider?: string | null;
}

/** All of the doctor's checks, in the order in which they were done. */
export interface HealthResult {
  checks: HealthCheck[];
}

/** A change in the journal; `at` is seconds since 1970, UTC. */
export interface HistoryEntry {
  changeId: string;
  at: number;
  title: string;
  status: string;
  summary: string;
  files: string[];
  model: string;
  local: boolean;
}

/** How much of the history to give: the latest changes, or one with all that it did. */
export interface HistoryParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  changeId?: string | null;
  limit?: number;
}

/** The latest changes, newest first. */
export interface HistoryResult {
  entries: HistoryEntry[];
  /** What the one change did that was asked for. */
  diff: string;
}

/** Where a picture is: in the address itself, or somewhere the model's server can fetch it. */
export interface ImageAddress {
  url: string;
}

/** A picture. */
export interface ImagePart {
  type: "image_url";
  image_url: ImageAddress;
}

/** What the user is asked for. */
export interface InputParams {
  title: string;
}

/** What was typed; empty for nothing. */
export interface InputResult {
  text: string;
}

/** How the files of a refactor stand; `homespun/cancelFile` leaves one out. */
export interface JobFiles {
  /** The refactor's, for `homespun/cancelFile`. */
  id: string;
  done: number;
  failed: number;
  waiting: number;
  running: RunningFile[];
  /** About; null while it cannot be told. */
  secondsLeft: number | null;
}

/** How a job is doing. */
export interface JobNote {
  id: string;
  stage: "waiting" | "loading" | "reading" | "thinking" | "writing" | "checking" | "reviewing" | "applying" | "done";
  /** Written so far. */
  tokens: number;
  tokensPerSecond: number;
  /** Under which the job's progress is told. */
  workDoneToken: number | string;
  /** For a refactor: how its files stand. */
  files: JobFiles | null;
}

/** The model that was downloaded or deleted, as `provider/model`. */
export interface KeptModelResult {
  model: string;
}

/** A file that would not be shown, and why. */
export interface LeftOutFile {
  path: string;
  reason: string;
}

/** A provider and its models: those it lists now, else those that the settings name. */
export interface ListedProvider {
  provider: string;
  type: string;
  address: string;
  local: boolean;
  models: string[];
  /** The model of it that serves; empty where it does not. */
  serves: string;
  status: "ready" | "loading" | "no models" | "unknown model" | "wrong key" | "unreachable" | "unusable";
  reason: string;
  hint: string;
  /** False for a server that was only found to run here. */
  named: boolean;
  /** Whether its models may be downloaded and deleted from here, by `allow_pull`. */
  manageable: boolean;
  /** How long it took to answer. */
  seconds: number;
}

/** Which model; without `model` the one that serves, where that makes sense. */
export interface ModelParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  /** As `provider/model`, or a profile's name. */
  model?: string | null;
}

/** Nothing to choose. */
export interface ModelsParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
}

/** All providers of the settings, the one that serves, and what else runs on this machine. */
export interface ModelsResult {
  providers: ListedProvider[];
}

/** The next words of an answer, told under its `partialResultToken`. */
export interface Piece {
  text: string;
}

/** A change as it is now; once it waits, what is risky comes first. */
export interface Plan {
  /** Also the change's id in the history. */
  planId: string;
  /** The reply still streams; it waits for `homespun/finish`; it is over. */
  state: "growing" | "waiting" | "closed";
  title: string;
  summary: string;
  /** Why parts of it cannot be made. */
  reasons: string[];
  files: PlanFile[];
}

/** One file of a plan. A `protected` one waits for an `accept` of its own. */
export interface PlanFile {
  /** Empty for a path that leads nowhere, which is refused. */
  uri: string;
  /** As people call it. */
  path: string;
  action: "edit" | "create" | "delete" | "rename";
  /** What a rename makes of it. */
  newUri: string;
  /** Of the open document that the lines are those of. */
  version: number | null;
  /** Lines, by what is accepted now. */
  added: number;
  removed: number;
  /** Why to look at it first. */
  risks: string[];
  protected: boolean;
  accepted: boolean;
  /** Why it cannot be changed; empty where it can. */
  refusal: string;
  /**
   * While the plan grows, those that are settled: also of a file whose end is not there yet, and
   * each as it may still change.
   */
  hunks: PlanHunk[];
}

/** One run of changed lines; what is not `accepted`, or has a `refusal`, is not made. */
export interface PlanHunk {
  /** Stays the same while the plan waits. */
  index: number;
  /** The first line that goes, from 0, in the text as it is now. */
  start: number;
  /** The line after the last one that goes. */
  end: number;
  /** The lines that go, with their ends. */
  before: string;
  /** The lines that come. */
  after: string;
  accepted: boolean;
  /** Why it cannot be made any more; empty where it can. */
  refusal: string;
}

/** Nothing to choose. */
export interface PlansParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
}

/** The plans that wait, also those that an editor which is gone has left. */
export interface PlansResult {
  plans: Plan[];
}

/** A place in a document, as LSP has it. */
export interface Position {
  line: number;
  character: number;
}

/** One message of the chat, word for word as the model would get it. */
export interface PromptMessage {
  role: "system" | "user" | "assistant";
  content: string;
}

/** Which file of which plan. */
export interface ProposedParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  /** As `homespun/plan` told it. */
  planId: string;
  /** The file's `uri` or `path`. */
  file: string;
}

/** The text that the file would have if the plan were finished now. */
export interface ProposedResult {
  text: string;
}

/** Two places in a document, `end` exclusive. */
export interface Range {
  start: Position;
  end: Position;
}

/** A secret that would be replaced on its way out; the secret itself is never told. */
export interface Redaction {
  /** What it looks like, such as `GitHub token`. */
  kind: string;
  /** What stands in its place. */
  placeholder: string;
  /** The files that hold it; none: the instruction. */
  paths: string[];
}

/** What to change in how many files ever. Without `instruction` the user is asked for it. */
export interface RefactorParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  instruction?: string | null;
  textDocument?: TextDocument | null;
  /** With `textDocument`: the symbol there is a hint. */
  position?: Position | null;
  /**
   * Only files that one of these globs names, such as `src/**\/*.py`; a folder stands for all in
   * it. Empty: all.
   */
  include?: string[];
  /** No files that one of these names. */
  exclude?: string[];
  review?: "never" | "risky" | "always" | null;
  model?: string | null;
  /** Make nothing: the result has the `diff`, and can be resumed. */
  dryRun?: boolean;
  /** Go on with this one, which says all the rest; `exclude` leaves files out. */
  resume?: string | null;
  /** With `resume`: only what is done by now; the model is asked nothing. */
  finished?: boolean;
}

/** How a refactor ended; see `homespun/edit`. A dry run is `rejected`, and has a `diff`. */
export interface RefactorResult {
  changeId: string;
  status: "applied" | "partly" | "rejected" | "nothing";
  summary: string;
  reasons: string[];
  files: ChangedFile[];
  answeredBy: AnsweredBy;
  usage: Usage;
  /** URIs of changed files that are not on disk yet. */
  unsaved: string[];
  /** A unified diff of the later edits that stand in the way of an undo. */
  obstacle: string;
  /** What would be made, as a patch: a dry run's. */
  diff: string;
  /** What the last check found: names left behind, or that nothing defines. */
  left: string[];
  /**
   * Paths of files that belong to some of those that were worked on, and had no room beside them in
   * the model's window.
   */
  unseen: string[];
  /** The answers are kept: it can be resumed, or dropped. */
  kept: boolean;
}

/** Nothing to choose. */
export interface RefactorsParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
}

/** All that can be resumed, or dropped. */
export interface RefactorsResult {
  refactors: UnfinishedRefactor[];
}

/** A model server to take out of the user's settings file; a key in the keyring stays. */
export interface RemoveModelParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  name: string;
}

/** What was removed. */
export interface RemoveModelResult {
  name: string;
  /** Whether it was the one that served. */
  served: boolean;
}

/** A file that the model works on. */
export interface RunningFile {
  uri: string;
  path: string;
}

/** The files to save. */
export interface SaveParams {
  uris: string[];
}

/** Nothing: what could not be saved, the editor tells its user. */
export type SaveResult = Record<string, never>;

/** Which model is to serve; without `model` the user is asked. */
export interface SelectModelParams {
  /** Progress is told under this token. */
  workDoneToken?: number | string | null;
  /** As a command only: answer when done, as the request does. */
  wait?: boolean;
  /** As `provider/model`, or a profile's name. */
  model?: string | null;
  /** In the user's settings file, not for this session only. */
  keep?: boolean;
}

/** How a switch ended: `warned` is a switch in spite of a fault, `kept` is none. */
export interface SelectModelResult {
  model: string;
  address: string;
  local: boolean;
  status: "switched" | "warned" | "kept";
  reason: string;
  hint: string;
}

/** What a command that does not wait answers. */
export interface Started {
  /** The job's id, as `homespun/job` tells it. */
  job: string;
}

/**
 * The files that a refactor would work on, in that order; those without a refusal can be chosen.
 */
export interface Survey {
  id: string;
  instruction: string;
  files: SurveyFile[];
  cost: SurveyCost;
  /** How the model would go about it; empty where unknown. */
  summary: string;
  /** What it decided for all files. */
  decisions: string[];
  /** What else to know. */
  notes: string[];
}

/** What the chosen files take. */
export interface SurveyCost {
  files: number;
  /** Read and written, about. */
  tokens: number;
  /** By the speed that was measured of this model; null where none was. */
  seconds: number | null;
  /** That speed, of writing. */
  tokensPerSecond: number | null;
}

/** One file that may matter. */
export interface SurveyFile {
  uri: string;
  /** As people call it. */
  path: string;
  /** Why it may matter. */
  reasons: string[];
  /** About what it costs to read. */
  tokens: number;
  /** From 0: files of a later one see what changed in those of the earlier ones. */
  level: number;
  chosen: boolean;
  /** Why it cannot be changed; empty where it can. */
  refusal: string;
}

/** The user's choice. */
export interface SurveyResult {
  /** The URIs of the files to work on; null to leave all as it is. */
  chosen?: string[] | null;
}

/** What a test saw, in the order of its steps. */
export interface TestModelResult {
  checks: HealthCheck[];
}

/**
 * A document. A range is one of the `version`, else of the text at the call. What is typed
 * meanwhile moves it; where its text was replaced, or its version is not known any more, the call
 * is refused.
 */
export interface TextDocument {
  uri: string;
  version?: number | null;
}

/** A piece of text. */
export interface TextPart {
  type: "text";
  text: string;
}

/** A refactor that was left; `at` is seconds since 1970, UTC. */
export interface UnfinishedRefactor {
  id: string;
  at: number;
  instruction: string;
  /** All that were chosen. */
  files: number;
  /** Those whose answers are kept. */
  done: number;
  /** It runs right now, here or in another process. */
  running: boolean;
}

/** What the answer took: tokens as the server counted them, 0 where it did not say; seconds. */
export interface Usage {
  promptTokens: number;
  completionTokens: number;
  seconds: number;
  /** Until the first words came. */
  firstTokenSeconds: number;
  tokensPerSecond: number;
  /** US dollars, where the user has set a price. */
  cost: number | null;
}

/** What the server is asked: by request, or with dots by command. */
export interface Requests {
  "homespun/edit": { params: EditParams; result: EditResult };
  "homespun/context": { params: ContextParams; result: ContextResult };
  "homespun/explain": { params: ExplainParams; result: ExplainResult };
  "homespun/chat": { params: ChatParams; result: ChatResult };
  "homespun/history": { params: HistoryParams; result: HistoryResult };
  "homespun/undo": { params: ChangeParams; result: EditResult };
  "homespun/reapply": { params: ChangeParams; result: EditResult };
  "homespun/refactor": { params: RefactorParams; result: RefactorResult };
  "homespun/cancelFile": { params: CancelFileParams; result: CancelFileResult };
  "homespun/refactors": { params: RefactorsParams; result: RefactorsResult };
  "homespun/dropRefactor": { params: DropRefactorParams; result: DropRefactorResult };
  "homespun/plans": { params: PlansParams; result: PlansResult };
  "homespun/decide": { params: DecideParams; result: Plan };
  "homespun/proposed": { params: ProposedParams; result: ProposedResult };
  "homespun/finish": { params: FinishParams; result: EditResult };
  "homespun/health": { params: HealthParams; result: HealthResult };
  "homespun/models": { params: ModelsParams; result: ModelsResult };
  "homespun/selectModel": { params: SelectModelParams; result: SelectModelResult };
  "homespun/testModel": { params: ModelParams; result: TestModelResult };
  "homespun/addModel": { params: AddModelParams; result: AddModelResult };
  "homespun/removeModel": { params: RemoveModelParams; result: RemoveModelResult };
  "homespun/pullModel": { params: ModelParams; result: KeptModelResult };
  "homespun/deleteModel": { params: ModelParams; result: KeptModelResult };
}

/** What the server tells by itself. */
export interface Notifications {
  "homespun/plan": Plan;
  "homespun/job": JobNote;
}

/** What the server asks the client. */
export interface ServerRequests {
  "homespun/survey": { params: Survey; result: SurveyResult };
  "homespun/input": { params: InputParams; result: InputResult };
  "homespun/save": { params: SaveParams; result: SaveResult };
}

/** The names of all of them. */
export const methods = {
  edit: "homespun/edit",
  context: "homespun/context",
  explain: "homespun/explain",
  chat: "homespun/chat",
  history: "homespun/history",
  undo: "homespun/undo",
  reapply: "homespun/reapply",
  refactor: "homespun/refactor",
  cancelFile: "homespun/cancelFile",
  refactors: "homespun/refactors",
  dropRefactor: "homespun/dropRefactor",
  plans: "homespun/plans",
  decide: "homespun/decide",
  proposed: "homespun/proposed",
  finish: "homespun/finish",
  health: "homespun/health",
  models: "homespun/models",
  selectModel: "homespun/selectModel",
  testModel: "homespun/testModel",
  addModel: "homespun/addModel",
  removeModel: "homespun/removeModel",
  pullModel: "homespun/pullModel",
  deleteModel: "homespun/deleteModel",
  plan: "homespun/plan",
  job: "homespun/job",
  survey: "homespun/survey",
  input: "homespun/input",
  save: "homespun/save",
} as const;
