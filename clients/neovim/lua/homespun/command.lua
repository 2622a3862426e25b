---`:Homespun`: its words, what they do, and their completion.
local tell = require('homespun.tell')

local M = {}

---@class homespun.Call
---@field rest string what stands after the sub-command
---@field lines? homespun.Lines the range that it was given
---@field bang boolean

---@param module string
---@param name string
---@return fun(call: homespun.Call)
local function lazy(module, name)
  return function(call) require('homespun.' .. module)[name](call) end
end

---@type table<string, fun(call: homespun.Call)>
M.commands = {
  action = lazy('actions', 'pick'),
  ask = lazy('explain', 'further'),
  context = lazy('context', 'show'),
  dismiss = lazy('explain', 'dismiss'),
  doctor = lazy('server', 'doctor'),
  edit = lazy('edit', 'edit'),
  explain = lazy('explain', 'explain'),
  fix = lazy('actions', 'fix'),
  health = lazy('server', 'doctor'),
  history = lazy('edit', 'history'),
  keep = lazy('explain', 'keep'),
  log = lazy('server', 'log'),
  model = lazy('models', 'choose'),
  models = lazy('models', 'run'),
  reapply = lazy('edit', 'reapply'),
  refactor = lazy('refactor', 'begin'),
  refactors = lazy('refactor', 'run'),
  restart = lazy('server', 'restart'),
  review = lazy('review', 'run'),
  stop = lazy('server', 'stop'),
  survey = lazy('survey', 'run'),
  undo = lazy('edit', 'undo'),
}

---The words that may follow a sub-command.
---@type table<string, string[]>
local words = {
  models = { 'delete', 'list', 'pull', 'test' },
  refactors = { 'cancel-file', 'drop', 'list', 'resume' },
  survey = { 'drop', 'start' },
  review = {
    'accept',
    'accept-all',
    'accept-file',
    'apply',
    'diff',
    'drop',
    'list',
    'next',
    'prev',
    'reject',
    'reject-all',
    'reject-file',
  },
}

---@param call vim.api.keyset.create_user_command.command_args
function M.run(call)
  local name, rest = call.args:match('^%s*(%S*)%s*(.-)%s*$')
  local command = M.commands[name]
  if not command then
    local known = table.concat(vim.fn.sort(vim.tbl_keys(M.commands)), ', ')
    local what = name == '' and 'what should be done?'
      or ('there is no `:Homespun %s`.'):format(name)
    return tell.say(('%s It knows: %s.'):format(what, known), vim.log.levels.ERROR)
  end
  command({ rest = rest, lines = require('homespun.place').lines(call), bang = call.bang })
end

---What may follow one or two words, where only a session knows it.
---@type table<string, fun(): string[]>
local known = {
  model = function() return require('homespun.models').known end,
  ['refactors cancel-file'] = function()
    local server = require('homespun.client').attached()
    return server and require('homespun.refactor').at_work(server.id) or {}
  end,
  ['refactors drop'] = function() return require('homespun.refactor').known end,
  ['refactors resume'] = function() return require('homespun.refactor').known end,
}
for _, word in ipairs({ 'delete', 'pull', 'test' }) do
  known['models ' .. word] = known.model
end

---@param lead string what stands before the cursor of the word that is completed
---@param line string
---@return string[]
function M.complete(lead, line)
  local before = line:match('Homespun!?%s+(.*)$') or ''
  local said = vim.trim(before:sub(1, #before - #lead)):gsub('%s+', ' ')
  local offers = said == '' and vim.fn.sort(vim.tbl_keys(M.commands))
    or known[said] and known[said]()
    or words[said]
    or {}
  return vim.tbl_filter(function(word) return vim.startswith(word, lead) end, offers)
end

return M
