-- Generated from `server/homespun/lsp/methods.py` by `clients/generate.py`.

---A model server to keep in the user's settings file, under a name of its own.
---@class homespun.AddModelParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field name string Up to 60 letters, digits, and `.`, `-`, `_`.
---@field type string The kind of server, such as `vllm`, in any spelling.
---@field endpoint? string Its address; empty for the usual one of its type.
---@field models? string[] The models it serves, where it cannot tell.
---@field key? string Where its key is: `env:NAME` or `keyring:NAME`; never a key.

---What was added; it serves once it is selected.
---@class homespun.AddModelResult
---@field name string
---@field file string The settings file that it is kept in.

---Who answered; all empty where no model was asked.
---@class homespun.AnsweredBy
---@field provider string
---@field model string
---@field local boolean

---How the window would be used, in tokens.
---@class homespun.Budget
---@field prompt integer
---@field answer integer The longest answer that would be allowed.
---@field margin integer What stays free, for estimates are not exact.
---@field exact boolean Whether the prompt was counted by the server's tokenizer.

---A tool's name and its arguments, which should be JSON; a model wrote them.
---@class homespun.CalledFunction
---@field name string
---@field arguments string

---A model's wish to call a tool.
---@class homespun.CalledTool
---@field id string
---@field type? 'function'
---@field function homespun.CalledFunction

---Which file of which running refactor.
---@class homespun.CancelFileParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field id string The `changeId` of a result, or the `id` of a survey.
---@field file string The file's `uri` or `path`.

---Whether it was still to be done.
---@class homespun.CancelFileResult
---@field cancelled boolean

---Which change; without `changeId`, the latest.
---@class homespun.ChangeParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field changeId? string

---What became of a file; `added` and `removed` count lines.
---@class homespun.ChangedFile
---@field uri string
---@field action 'edit'|'create'|'delete'|'rename'
---@field added integer
---@field removed integer

---Something said: by the user, by the model before, or by a tool that the model called.
---@class homespun.ChatMessage
---@field role 'system'|'user'|'assistant'|'tool'
---@field content? string|(homespun.TextPart|homespun.ImagePart)[]
---@field tool_calls? homespun.CalledTool[]
---@field tool_call_id? string In a tool's message: the call that it answers.

---What to say to the model; its words are streamed on `partialResultToken` as `{"text"}`. Tools and
---pictures are passed on where the model is known to take them, and an error elsewhere.
---@class homespun.ChatParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field messages homespun.ChatMessage[]
---@field tools? table<string, any>[]
---@field model? string As `provider/model`; else the one that serves.
---@field partialResultToken? integer|string

---What the model said, and which tools it wants called.
---@class homespun.ChatResult
---@field text string
---@field toolCalls homespun.CalledTool[]
---@field answeredBy homespun.AnsweredBy
---@field usage homespun.Usage

---A file, or a part of one, that would be shown; several parts are several items.
---@class homespun.ContextItem
---@field uri string
---@field path string The name that the model is given.
---@field range? homespun.Range Which part; none where all of it is shown.
---@field shown 'whole'|'part'|'outline'|'changes'|'rules' `outline`: only first lines of definitions; `changes`: what has changed since the model was shown the file; `rules`: the project's own, beside the instructions.
---@field tokens integer
---@field reason string Why it is shown, for people.

---The change that is thought of, as `homespun/edit` takes it; it may lack an instruction.
---@class homespun.ContextParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field textDocument homespun.TextDocument
---@field range? homespun.Range Empty: the definition around it.
---@field instruction? string
---@field action? string The name of a preset or of one of the user's.
---@field source? 'comment'|'input' Where the instruction comes from, if it isn't given.
---@field diagnostics? string[] Messages of the problems to fix.
---@field scope? 'selection'|'file'|'workspace' Default: `selection` where a range is given, else `file`.
---@field review? 'never'|'risky'|'always'
---@field model? string

---What would be sent, and where to. Nothing has been sent.
---@class homespun.ContextResult
---@field destination homespun.Destination
---@field messages homespun.PromptMessage[]
---@field items homespun.ContextItem[]
---@field leftOut homespun.LeftOutFile[]
---@field redactions homespun.Redaction[]
---@field window homespun.ContextWindow
---@field budget homespun.Budget
---@field format string The reply format that would be asked for.

---The model's context window in tokens.
---@class homespun.ContextWindow
---@field tokens integer
---@field guessed boolean Whether the server did not say, and no setting does.

---What to take or leave: one hunk of a file, a whole file, or without `file` all of it.
---@class homespun.DecideParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field planId string As `homespun/plan` told it.
---@field accept boolean
---@field file? string
---@field hunk? integer The hunk's `index`.

---Where it would go.
---@class homespun.Destination
---@field provider string
---@field model string
---@field address string The endpoint's base URL, without key and query.
---@field local boolean Whether the text stays in the user's own network.

---Which one.
---@class homespun.DropRefactorParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field id string The `changeId` of a result, or the `id` of a survey.

---Whether there was one.
---@class homespun.DropRefactorResult
---@field dropped boolean

---What to change. Without `instruction` or `action`, a `homespun:` comment in `range` is it.
---@class homespun.EditParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field textDocument homespun.TextDocument
---@field range? homespun.Range Empty: the definition around it.
---@field instruction? string
---@field action? string The name of a preset or of one of the user's.
---@field source? 'comment'|'input' Where the instruction comes from, if it isn't given.
---@field diagnostics? string[] Messages of the problems to fix.
---@field scope? 'selection'|'file'|'workspace' Default: `selection` where a range is given, else `file`.
---@field review? 'never'|'risky'|'always'
---@field model? string

---How a change ended; a refused one is no error but `rejected`, with `reasons`.
---@class homespun.EditResult
---@field changeId string
---@field status 'applied'|'partly'|'rejected'|'nothing'
---@field summary string
---@field reasons string[]
---@field files homespun.ChangedFile[]
---@field answeredBy homespun.AnsweredBy
---@field usage homespun.Usage
---@field unsaved string[] URIs of changed files that are not on disk yet.
---@field obstacle string A unified diff of the later edits that stand in the way of an undo.

---A question about a place, and how it was answered; "" asks for an explanation.
---@class homespun.Exchange
---@field question string
---@field answer string

---What to explain; the words are streamed on `partialResultToken` as `{"text": "..."}`.
---@class homespun.ExplainParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field textDocument homespun.TextDocument
---@field range? homespun.Range
---@field question? string
---@field earlier? homespun.Exchange[] What was asked and answered about this place before, the oldest first.
---@field partialResultToken? integer|string

---An explanation.
---@class homespun.ExplainResult
---@field markdown string
---@field answeredBy homespun.AnsweredBy
---@field usage homespun.Usage

---The `data` of an error that has its reason: for programs, and what to do next.
---@class homespun.Failure
---@field code string
---@field hint string

---How the plan is to end.
---@class homespun.FinishParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field planId string As `homespun/plan` told it.
---@field apply boolean Make what was accepted, or drop all of it.

---One of the doctor's checks: what was looked at, what was found, what to do.
---@class homespun.HealthCheck
---@field name string
---@field status 'ok'|'warning'|'error'
---@field found string
---@field hint string
---@field details table<string, any>

---What to check: without `provider`, all that the doctor does.
---@class homespun.HealthParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field provider? string One of the settings', or a preset.

---All of the doctor's checks, in the order in which they were done.
---@class homespun.HealthResult
---@field checks homespun.HealthCheck[]

---A change in the journal; `at` is seconds since 1970, UTC.
---@class homespun.HistoryEntry
---@field changeId string
---@field at number
---@field title string
---@field status string
---@field summary string
---@field files string[]
---@field model string
---@field local boolean

---How much of the history to give: the latest changes, or one with all that it did.
---@class homespun.HistoryParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field changeId? string
---@field limit? integer

---The latest changes, newest first.
---@class homespun.HistoryResult
---@field entries homespun.HistoryEntry[]
---@field diff string What the one change did that was asked for.

---Where a picture is: in the address itself, or somewhere the model's server can fetch it.
---@class homespun.ImageAddress
---@field url string

---A picture.
---@class homespun.ImagePart
---@field type 'image_url'
---@field image_url homespun.ImageAddress

---What the user is asked for.
---@class homespun.InputParams
---@field title string

---What was typed; empty for nothing.
---@class homespun.InputResult
---@field text string

---How the files of a refactor stand; `homespun/cancelFile` leaves one out.
---@class homespun.JobFiles
---@field id string The refactor's, for `homespun/cancelFile`.
---@field done integer
---@field failed integer
---@field waiting integer
---@field running homespun.RunningFile[]
---@field secondsLeft? number About; null while it cannot be told.

---How a job is doing.
---@class homespun.JobNote
---@field id string
---@field stage 'waiting'|'loading'|'reading'|'thinking'|'writing'|'checking'|'reviewing'|'applying'|'done'
---@field tokens integer Written so far.
---@field tokensPerSecond number
---@field workDoneToken integer|string Under which the job's progress is told.
---@field files? homespun.JobFiles For a refactor: how its files stand.

---The model that was downloaded or deleted, as `provider/model`.
---@class homespun.KeptModelResult
---@field model string

---A file that would not be shown, and why.
---@class homespun.LeftOutFile
---@field path string
---@field reason string

---A provider and its models: those it lists now, else those that the settings name.
---@class homespun.ListedProvider
---@field provider string
---@field type string
---@field address string
---@field local boolean
---@field models string[]
---@field serves string The model of it that serves; empty where it does not.
---@field status 'ready'|'loading'|'no models'|'unknown model'|'wrong key'|'unreachable'|'unusable'
---@field reason string
---@field hint string
---@field named boolean False for a server that was only found to run here.
---@field manageable boolean Whether its models may be downloaded and deleted from here, by `allow_pull`.
---@field seconds number How long it took to answer.

---Which model; without `model` the one that serves, where that makes sense.
---@class homespun.ModelParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field model? string As `provider/model`, or a profile's name.

---Nothing to choose.
---@class homespun.ModelsParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.

---All providers of the settings, the one that serves, and what else runs on this machine.
---@class homespun.ModelsResult
---@field providers homespun.ListedProvider[]

---The next words of an answer, told under its `partialResultToken`.
---@class homespun.Piece
---@field text string

---A change as it is now; once it waits, what is risky comes first.
---@class homespun.Plan
---@field planId string Also the change's id in the history.
---@field state 'growing'|'waiting'|'closed' The reply still streams; it waits for `homespun/finish`; it is over.
---@field title string
---@field summary string
---@field reasons string[] Why parts of it cannot be made.
---@field files homespun.PlanFile[]

---One file of a plan. A `protected` one waits for an `accept` of its own.
---@class homespun.PlanFile
---@field uri string Empty for a path that leads nowhere, which is refused.
---@field path string As people call it.
---@field action 'edit'|'create'|'delete'|'rename'
---@field newUri string What a rename makes of it.
---@field version? integer Of the open document that the lines are those of.
---@field added integer Lines, by what is accepted now.
---@field removed integer
---@field risks string[] Why to look at it first.
---@field protected boolean
---@field accepted boolean
---@field refusal string Why it cannot be changed; empty where it can.
---@field hunks homespun.PlanHunk[] While the plan grows, those that are settled: also of a file whose end is not there yet, and each as it may still change.

---One run of changed lines; what is not `accepted`, or has a `refusal`, is not made.
---@class homespun.PlanHunk
---@field index integer Stays the same while the plan waits.
---@field start integer The first line that goes, from 0, in the text as it is now.
---@field end integer The line after the last one that goes.
---@field before string The lines that go, with their ends.
---@field after string The lines that come.
---@field accepted boolean
---@field refusal string Why it cannot be made any more; empty where it can.

---Nothing to choose.
---@class homespun.PlansParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.

---The plans that wait, also those that an editor which is gone has left.
---@class homespun.PlansResult
---@field plans homespun.Plan[]

---A place in a document, as LSP has it.
---@class homespun.Position
---@field line integer
---@field character integer

---One message of the chat, word for word as the model would get it.
---@class homespun.PromptMessage
---@field role 'system'|'user'|'assistant'
---@field content string

---Which file of which plan.
---@class homespun.ProposedParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field planId string As `homespun/plan` told it.
---@field file string The file's `uri` or `path`.

---The text that the file would have if the plan were finished now.
---@class homespun.ProposedResult
---@field text string

---Two places in a document, `end` exclusive.
---@class homespun.Range
---@field start homespun.Position
---@field end homespun.Position

---A secret that would be replaced on its way out; the secret itself is never told.
---@class homespun.Redaction
---@field kind string What it looks like, such as `GitHub token`.
---@field placeholder string What stands in its place.
---@field paths string[] The files that hold it; none: the instruction.

---What to change in how many files ever. Without `instruction` the user is asked for it.
---@class homespun.RefactorParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field instruction? string
---@field textDocument? homespun.TextDocument
---@field position? homespun.Position With `textDocument`: the symbol there is a hint.
---@field include? string[] Only files that one of these globs names, such as `src/**/*.py`; a folder stands for all in it. Empty: all.
---@field exclude? string[] No files that one of these names.
---@field review? 'never'|'risky'|'always'
---@field model? string
---@field dryRun? boolean Make nothing: the result has the `diff`, and can be resumed.
---@field resume? string Go on with this one, which says all the rest; `exclude` leaves files out.
---@field finished? boolean With `resume`: only what is done by now; the model is asked nothing.

---How a refactor ended; see `homespun/edit`. A dry run is `rejected`, and has a `diff`.
---@class homespun.RefactorResult
---@field changeId string
---@field status 'applied'|'partly'|'rejected'|'nothing'
---@field summary string
---@field reasons string[]
---@field files homespun.ChangedFile[]
---@field answeredBy homespun.AnsweredBy
---@field usage homespun.Usage
---@field unsaved string[] URIs of changed files that are not on disk yet.
---@field obstacle string A unified diff of the later edits that stand in the way of an undo.
---@field diff string What would be made, as a patch: a dry run's.
---@field left string[] What the last check found: names left behind, or that nothing defines.
---@field unseen string[] Paths of files that belong to some of those that were worked on, and had no room beside them in the model's window.
---@field kept boolean The answers are kept: it can be resumed, or dropped.

---Nothing to choose.
---@class homespun.RefactorsParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.

---All that can be resumed, or dropped.
---@class homespun.RefactorsResult
---@field refactors homespun.UnfinishedRefactor[]

---A model server to take out of the user's settings file; a key in the keyring stays.
---@class homespun.RemoveModelParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field name string

---What was removed.
---@class homespun.RemoveModelResult
---@field name string
---@field served boolean Whether it was the one that served.

---A file that the model works on.
---@class homespun.RunningFile
---@field uri string
---@field path string

---The files to save.
---@class homespun.SaveParams
---@field uris string[]

---Nothing: what could not be saved, the editor tells its user.
---@class homespun.SaveResult

---Which model is to serve; without `model` the user is asked.
---@class homespun.SelectModelParams
---@field workDoneToken? integer|string Progress is told under this token.
---@field wait? boolean As a command only: answer when done, as the request does.
---@field model? string As `provider/model`, or a profile's name.
---@field keep? boolean In the user's settings file, not for this session only.

---How a switch ended: `warned` is a switch in spite of a fault, `kept` is none.
---@class homespun.SelectModelResult
---@field model string
---@field address string
---@field local boolean
---@field status 'switched'|'warned'|'kept'
---@field reason string
---@field hint string

---What a command that does not wait answers.
---@class homespun.Started
---@field job string The job's id, as `homespun/job` tells it.

---The files that a refactor would work on, in that order; those without a refusal can be chosen.
---@class homespun.Survey
---@field id string
---@field instruction string
---@field files homespun.SurveyFile[]
---@field cost homespun.SurveyCost
---@field summary string How the model would go about it; empty where unknown.
---@field decisions string[] What it decided for all files.
---@field notes string[] What else to know.

---What the chosen files take.
---@class homespun.SurveyCost
---@field files integer
---@field tokens integer Read and written, about.
---@field seconds? number By the speed that was measured of this model; null where none was.
---@field tokensPerSecond? number That speed, of writing.

---One file that may matter.
---@class homespun.SurveyFile
---@field uri string
---@field path string As people call it.
---@field reasons string[] Why it may matter.
---@field tokens integer About what it costs to read.
---@field level integer From 0: files of a later one see what changed in those of the earlier ones.
---@field chosen boolean
---@field refusal string Why it cannot be changed; empty where it can.

---The user's choice.
---@class homespun.SurveyResult
---@field chosen? string[] The URIs of the files to work on; null to leave all as it is.

---What a test saw, in the order of its steps.
---@class homespun.TestModelResult
---@field checks homespun.HealthCheck[]

---A document. A range is one of the `version`, else of the text at the call. What is typed
---meanwhile moves it; where its text was replaced, or its version is not known any more, the call
---is refused.
---@class homespun.TextDocument
---@field uri string
---@field version? integer

---A piece of text.
---@class homespun.TextPart
---@field type 'text'
---@field text string

---A refactor that was left; `at` is seconds since 1970, UTC.
---@class homespun.UnfinishedRefactor
---@field id string
---@field at number
---@field instruction string
---@field files integer All that were chosen.
---@field done integer Those whose answers are kept.
---@field running boolean It runs right now, here or in another process.

---What the answer took: tokens as the server counted them, 0 where it did not say; seconds.
---@class homespun.Usage
---@field promptTokens integer
---@field completionTokens integer
---@field seconds number
---@field firstTokenSeconds number Until the first words came.
---@field tokensPerSecond number
---@field cost? number US dollars, where the user has set a price.

local M = {}

---What the server is asked.
M.requests = {
  edit = 'homespun/edit',
  context = 'homespun/context',
  explain = 'homespun/explain',
  chat = 'homespun/chat',
  history = 'homespun/history',
  undo = 'homespun/undo',
  reapply = 'homespun/reapply',
  refactor = 'homespun/refactor',
  cancelFile = 'homespun/cancelFile',
  refactors = 'homespun/refactors',
  dropRefactor = 'homespun/dropRefactor',
  plans = 'homespun/plans',
  decide = 'homespun/decide',
  proposed = 'homespun/proposed',
  finish = 'homespun/finish',
  health = 'homespun/health',
  models = 'homespun/models',
  selectModel = 'homespun/selectModel',
  testModel = 'homespun/testModel',
  addModel = 'homespun/addModel',
  removeModel = 'homespun/removeModel',
  pullModel = 'homespun/pullModel',
  deleteModel = 'homespun/deleteModel',
}

---What the server tells or asks by itself.
M.from_server = {
  plan = 'homespun/plan',
  job = 'homespun/job',
  survey = 'homespun/survey',
  input = 'homespun/input',
  save = 'homespun/save',
}

return M
