---The list of a plan's files, in a window of its own.
local pane = require('homespun.pane')

local M = {}

local HEIGHT = 12
local KEYS = 'a accept  r reject  <CR> go there  d diff  A apply  D drop  q close'

local list = { buffer = nil, plan = nil, rows = {} } ---@type {buffer?: integer, plan?: string, rows: table<integer, string>}
local space = vim.api.nvim_create_namespace('homespun.list')

local ACTIONS = { edit = 'change', create = 'new', delete = 'delete', rename = 'rename' }

---@param plan homespun.Plan
function M.open(plan)
  if not M._alive() then
    M._make()
  end
  pane.open(list.buffer, HEIGHT)
  list.plan = plan.planId
  M.refresh(plan)
end

---@return boolean
function M._alive() return list.buffer ~= nil and vim.api.nvim_buf_is_valid(list.buffer) end

function M._make()
  list.buffer = pane.buffer('homespun://review', 'homespun-review')
  local keys = { a = 'accept', r = 'reject', d = 'diff', A = 'apply', D = 'drop' }
  for key, word in pairs(keys) do
    local command = ('<Cmd>Homespun review %s<CR>'):format(word)
    vim.keymap.set('n', key, command, { buffer = list.buffer, nowait = true })
  end
  vim.keymap.set('n', '<CR>', M._go, { buffer = list.buffer, nowait = true })
end

---Show `plan` anew, where it is the one that is listed.
---@param plan homespun.Plan
function M.refresh(plan)
  if not M._alive() or list.plan ~= plan.planId then
    return
  end
  local title = vim.trim(('%s. %s'):format(plan.title, plan.summary)):gsub('%s+', ' ')
  local lines = { { title, 'HomespunTitle' }, { KEYS, 'HomespunFooter' } }
  list.rows = {}
  for _, reason in ipairs(plan.reasons) do
    table.insert(lines, { '! ' .. reason:gsub('%s+', ' '), 'HomespunRefused' })
  end
  for _, file in ipairs(plan.files) do
    table.insert(lines, M._file(file))
    list.rows[#lines] = file.uri ~= '' and file.uri or file.path
    for _, note in ipairs(M._notes(file)) do
      table.insert(lines, { '      ' .. note:gsub('%s+', ' '), 'HomespunRefused' })
      list.rows[#lines] = list.rows[#lines - 1]
    end
  end
  pane.fill(list.buffer, space, lines)
end

---@param file homespun.PlanFile
---@return [string, string?] line with its colour
function M._file(file)
  local taken = 0
  for _, hunk in ipairs(file.hunks) do
    taken = taken + (hunk.accepted and hunk.refusal == '' and 1 or 0)
  end
  local box = (file.refusal ~= '' or not file.accepted) and '[ ]'
    or (taken == #file.hunks and '[x]' or '[~]')
  local path = file.path
  if file.action == 'rename' and file.newUri ~= '' then
    path = ('%s -> %s'):format(path, vim.fn.fnamemodify(vim.uri_to_fname(file.newUri), ':t'))
  end
  local hunks = #file.hunks > 1 and (' (%d of %d hunks)'):format(taken, #file.hunks) or ''
  local counts = ('+%d -%d%s'):format(file.added, file.removed, hunks)
  local group = box == '[x]' and 'HomespunAdded' or box == '[ ]' and 'HomespunLeft' or nil
  return { ('%s %-6s %s  %s'):format(box, ACTIONS[file.action], path, counts), group }
end

---@param file homespun.PlanFile
---@return string[]
function M._notes(file)
  local notes = vim.list_extend({}, file.risks)
  if file.refusal ~= '' then
    table.insert(notes, 'left out: ' .. file.refusal)
  elseif file.protected and not file.accepted then
    table.insert(notes, 'protected: it is changed only if you accept it')
  end
  return notes
end

---@param plan string
function M.close(plan)
  if list.plan ~= plan or not M._alive() then
    return
  end
  vim.api.nvim_buf_delete(list.buffer, { force = true })
  list.buffer, list.plan, list.rows = nil, nil, {}
end

---The plan of the list that the cursor is in.
---@return string?
function M.plan() return vim.api.nvim_get_current_buf() == list.buffer and list.plan or nil end

---The file at the cursor in the list: its URI, or its path where it has none.
---@return string?
function M.file() return M.plan() and list.rows[vim.api.nvim_win_get_cursor(0)[1]] end

function M._go()
  local name = M.file()
  if not name then
    return
  end
  local path = name:match('^file:') and vim.uri_to_fname(name) or name
  if vim.fn.filereadable(path) == 0 then
    return vim.cmd('Homespun review diff')
  end
  vim.cmd.wincmd('p')
  vim.cmd.edit(vim.fn.fnameescape(path))
  vim.cmd.normal({ 'gg', bang = true })
  vim.cmd('Homespun review next')
end

return M
