---Which files a refactor works on: a list that the user changes, then starts or drops.
local pane = require('homespun.pane')
local tell = require('homespun.tell')

local M = {}

local MOST = 20 ---lines of the list's window
local KEYS = 'a take  r leave  <Space> either  <CR> look at it  A start  D drop'
local BOXES = { [true] = '[x]', [false] = '[ ]' }
local space = vim.api.nvim_create_namespace('homespun.survey')

---@class homespun.Choice
---@field client integer
---@field survey homespun.Survey
---@field taken table<string, boolean> by URI
---@field rows table<integer, homespun.SurveyFile>
---@field answer fun(chosen?: string[])

---@type table<integer, homespun.Choice> those that are open, by buffer
local open = {}
---@type table<string, string[]> the paths that were chosen, by the refactor's id
local chosen = {}

---As `homespun/survey`, which Neovim runs as a coroutine of its own: wait for the user's choice.
---@param client integer
---@param survey homespun.Survey
---@return string[]? uris nil for none
function M.ask(client, survey)
  local this = assert(coroutine.running())
  local taken = {}
  for _, file in ipairs(survey.files) do
    taken[file.uri] = file.chosen and file.refusal == ''
  end
  local choice = { client = client, survey = survey, taken = taken, rows = {} } ---@type homespun.Choice
  function choice.answer(uris)
    -- A list that is closed at once would resume before the yield.
    vim.schedule(function() coroutine.resume(this, uris) end)
  end
  M._open(choice)
  return coroutine.yield()
end

---@param choice homespun.Choice
function M._open(choice)
  local name = 'homespun://survey'
  local another = vim.fn.bufexists(name) == 1
  local buffer =
    pane.buffer(another and ('%s/%s'):format(name, choice.survey.id) or name, 'homespun-survey')
  open[buffer] = choice
  vim.bo[buffer].bufhidden = 'wipe'
  -- However it is closed: the server waits for an answer.
  vim.api.nvim_create_autocmd('BufWipeout', {
    buffer = buffer,
    once = true,
    callback = function() M._answer(buffer, nil) end,
  })
  M._map(buffer)
  M._fill(buffer)
  local window = pane.open(buffer, math.min(vim.api.nvim_buf_line_count(buffer), MOST))
  local first = vim.iter(vim.spairs(choice.rows)):next()
  vim.api.nvim_win_set_cursor(window, { first or 1, 0 })
  if vim.api.nvim_get_mode().mode == 'n' then
    vim.api.nvim_set_current_win(window)
  else
    tell.say('which files are to be worked on? :Homespun survey goes to the list.')
  end
end

---@param buffer integer
function M._map(buffer)
  local function map(modes, key, what)
    vim.keymap.set(modes, key, what, { buffer = buffer, nowait = true })
  end
  local function take(wanted)
    return function() M._take(buffer, wanted) end
  end
  map({ 'n', 'x' }, 'a', take(function() return true end))
  map({ 'n', 'x' }, 'r', take(function() return false end))
  map({ 'n', 'x' }, '<Space>', take(function(was) return not was end))
  map('n', '<CR>', function() M._look(buffer) end)
  map('n', 'A', '<Cmd>Homespun survey start<CR>')
  map('n', 'D', '<Cmd>Homespun survey drop<CR>')
end

---Take or leave the files of the cursor's line, or of all lines that are selected.
---@param buffer integer
---@param wanted fun(was: boolean): boolean
function M._take(buffer, wanted)
  local choice = open[buffer]
  local first, last = vim.fn.line('v'), vim.fn.line('.')
  for row = math.min(first, last), math.max(first, last) do
    local file = choice.rows[row]
    if file and file.refusal == '' then
      choice.taken[file.uri] = wanted(choice.taken[file.uri])
    end
  end
  if vim.api.nvim_get_mode().mode ~= 'n' then
    vim.cmd.normal({ '\27', bang = true })
  end
  M._fill(buffer)
end

---Look at the file at the cursor, in the window that the user came from.
---@param buffer integer
function M._look(buffer)
  local file = open[buffer].rows[vim.api.nvim_win_get_cursor(0)[1]]
  if file then
    vim.cmd.wincmd('p')
    vim.cmd.edit(vim.fn.fnameescape(vim.uri_to_fname(file.uri)))
  end
end

---@param buffer integer
function M._fill(buffer)
  local choice = open[buffer]
  local survey = choice.survey
  local lines = {} ---@type [string, string?][]
  local function add(text, group) table.insert(lines, { (text:gsub('%s+', ' ')), group }) end
  add('Refactor: ' .. survey.instruction, 'HomespunTitle')
  table.insert(lines, { KEYS, 'HomespunFooter' })
  add(M._cost(choice))
  vim.iter(survey.summary ~= '' and { survey.summary } or {}):each(add)
  vim.iter(survey.decisions):each(function(one) add('- ' .. one) end)
  vim.iter(survey.notes):each(function(one) add('! ' .. one, 'HomespunRefused') end)
  local width = vim.iter(survey.files):fold(
    0,
    function(most, file) return math.max(most, vim.fn.strdisplaywidth(file.path)) end
  )
  for _, file in ipairs(survey.files) do
    table.insert(lines, M._file(choice, file, width))
    choice.rows[#lines] = file
  end
  pane.fill(buffer, space, lines)
end

---@param choice homespun.Choice
---@param file homespun.SurveyFile
---@param width integer of the longest path, in cells
---@return [string, string] line with its colour
function M._file(choice, file, width)
  local path = file.path .. (' '):rep(width - vim.fn.strdisplaywidth(file.path))
  if file.refusal ~= '' then
    return { ('[-] %s  %s'):format(path, file.refusal:gsub('%s+', ' ')), 'HomespunRefused' }
  end
  local taken = choice.taken[file.uri]
  local why = table.concat(file.reasons, '; '):gsub('%s+', ' ')
  local steps = vim.iter(choice.survey.files):any(function(one) return one.level > 0 end)
  return {
    ('%s %s  %s%s tokens  %s'):format(
      BOXES[taken],
      path,
      steps and ('step %d, '):format(file.level + 1) or '',
      M._number(file.tokens),
      why
    ),
    taken and 'HomespunAdded' or 'HomespunLeft',
  }
end

---What the files that are taken now would cost, by the server's estimate for those it proposed.
---@param choice homespun.Choice
---@return string
function M._cost(choice)
  local survey = choice.survey
  local count, now, proposed = 0, 0, 0
  for _, file in ipairs(survey.files) do
    proposed = proposed + (file.chosen and file.tokens or 0)
    if choice.taken[file.uri] then
      count, now = count + 1, now + file.tokens
    end
  end
  local share = proposed > 0 and now / proposed or 0
  local tokens = proposed > 0 and survey.cost.tokens * share or now
  local words = ('%d of %s, about %s tokens'):format(
    count,
    tell.count(#survey.files, 'file'),
    M._number(math.floor(tokens + 0.5))
  )
  if survey.cost.seconds and share > 0 then
    words = words .. ', about ' .. M._duration(survey.cost.seconds * share)
  end
  return words
end

---@param number integer
---@return string
function M._number(number)
  local grouped = tostring(number):reverse():gsub('(%d%d%d)', '%1,'):reverse()
  return (grouped:gsub('^,', ''))
end

---@param seconds number
---@return string
function M._duration(seconds)
  if seconds < 120 then
    return seconds < 1.5 and 'a second' or ('%.0f seconds'):format(seconds)
  end
  return ('%.0f minutes'):format(seconds / 60)
end

---@param buffer integer
---@param uris? string[]
function M._answer(buffer, uris)
  local choice = open[buffer]
  if not choice then
    return
  end
  open[buffer] = nil
  choice.answer(uris)
  vim.schedule(function()
    if vim.api.nvim_buf_is_valid(buffer) then
      vim.api.nvim_buf_delete(buffer, { force = true })
    end
  end)
end

---`:Homespun survey [start|drop]`: without a word, go to the list.
---@param call homespun.Call
function M.run(call)
  local here = vim.api.nvim_get_current_buf()
  local buffer = open[here] and here or next(open)
  if not buffer then
    return tell.say('no refactor asks for its files.')
  end
  local words = { [''] = M._go, start = M._start, drop = M._drop }
  local command = words[call.rest]
  if not command then
    return tell.warn(
      ('there is no `:Homespun survey %s`; it knows start and drop.'):format(call.rest)
    )
  end
  command(buffer)
end

---@param buffer integer
function M._go(buffer) vim.api.nvim_set_current_win(vim.fn.bufwinid(buffer)) end

---@param buffer integer
function M._drop(buffer) M._answer(buffer, nil) end

---@param buffer integer
function M._start(buffer)
  local choice = open[buffer]
  local uris, paths = {}, {}
  for _, file in ipairs(choice.survey.files) do
    if choice.taken[file.uri] then
      table.insert(uris, file.uri)
      table.insert(paths, file.path)
    end
  end
  if #uris == 0 then
    return tell.warn('no file is taken. `a` takes one, `D` drops the refactor.')
  end
  chosen[choice.survey.id] = paths
  M._answer(buffer, uris)
end

---The files that were chosen for a refactor; nil where that was not asked here.
---@param id string
---@return string[]?
function M.chosen(id) return chosen[id] end

---Close the lists of a server whose refactors are stopped, or that is gone.
---@param client integer
function M.forget(client)
  for buffer, choice in pairs(open) do
    if choice.client == client then
      M._answer(buffer, nil)
    end
  end
end

return M
