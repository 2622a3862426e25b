---A plan's hunks in the buffers that they change: what goes is coloured, what comes stands below it.
local M = {}

local space = vim.api.nvim_create_namespace('homespun.review')

---@class homespun.Mark
---@field plan string
---@field file string its URI
---@field hunk integer its index
---@field last boolean whether this is the hunk's last mark

---@type table<integer, table<integer, homespun.Mark>> by buffer, then by extmark
local marks = {}

---@param plan homespun.Plan
function M.draw(plan)
  M.clear(plan.planId)
  for _, file in ipairs(plan.files) do
    local buffer = M._buffer(file)
    if buffer then
      for number, hunk in ipairs(file.hunks) do
        M._hunk(buffer, plan, file, hunk, number)
      end
    end
  end
end

---The loaded buffer of a file, nil for none.
---@param file homespun.PlanFile
---@return integer?
function M._buffer(file)
  if file.uri == '' then
    return nil
  end
  local path = vim.uri_to_fname(file.uri)
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    local loaded = vim.api.nvim_buf_is_loaded(buffer)
    if loaded and vim.bo[buffer].buftype == '' and vim.api.nvim_buf_get_name(buffer) == path then
      return buffer
    end
  end
end

---@param buffer integer
---@param plan homespun.Plan
---@param file homespun.PlanFile
---@param hunk homespun.PlanHunk
---@param number integer which of the file's hunks it is
function M._hunk(buffer, plan, file, hunk, number)
  local count = vim.api.nvim_buf_line_count(buffer)
  local taken = hunk.accepted and hunk.refusal == ''
  -- Typing may have made the buffer shorter than what the server knew.
  local first, last = math.min(hunk.start, count), math.min(hunk['end'], count)
  local lines = M._coming(plan, file, hunk, number)
  local options = { virt_lines = lines }
  if last > first then
    options.line_hl_group = taken and 'HomespunRemoved' or 'HomespunLeft'
    for row = first, last - 2 do
      local mark = { line_hl_group = options.line_hl_group }
      M._note(buffer, plan, file, hunk, vim.api.nvim_buf_set_extmark(buffer, space, row, 0, mark))
    end
  elseif last == 0 then
    options.virt_lines_above = true
  end
  local row = math.max(0, math.min(last, count) - 1)
  M._note(buffer, plan, file, hunk, vim.api.nvim_buf_set_extmark(buffer, space, row, 0, options))
end

---@param buffer integer
---@param plan homespun.Plan
---@param file homespun.PlanFile
---@param hunk homespun.PlanHunk
---@param mark integer
function M._note(buffer, plan, file, hunk, mark)
  marks[buffer] = marks[buffer] or {}
  marks[buffer][mark] = { plan = plan.planId, file = file.uri, hunk = hunk.index }
end

---The lines that would come, and below them how the hunk stands.
---@param plan homespun.Plan
---@param file homespun.PlanFile
---@param hunk homespun.PlanHunk
---@param number integer
---@return [string, string][][]
function M._coming(plan, file, hunk, number)
  local taken = hunk.accepted and hunk.refusal == ''
  local group = taken and 'HomespunAdded' or 'HomespunLeft'
  local lines = {}
  for line in vim.gsplit((hunk.after:gsub('\r?\n$', '')), '\r?\n') do
    if hunk.after ~= '' then
      table.insert(lines, { { (line:gsub('\t', string.rep(' ', vim.bo.tabstop))), group } })
    end
  end
  local words = plan.state == 'growing' and 'the model writes ...'
    or hunk.refusal ~= '' and hunk.refusal
    or taken and 'accepted; :Homespun review reject leaves it'
    or 'rejected; :Homespun review accept takes it'
  local state = ('└ %d of %d: %s'):format(number, #file.hunks, words)
  table.insert(lines, { { state, hunk.refusal ~= '' and 'HomespunRefused' or 'HomespunFooter' } })
  return lines
end

---@param plan string
function M.clear(plan)
  for buffer, known in pairs(marks) do
    for mark, one in pairs(known) do
      if one.plan == plan then
        if vim.api.nvim_buf_is_valid(buffer) then
          vim.api.nvim_buf_del_extmark(buffer, space, mark)
        end
        known[mark] = nil
      end
    end
  end
end

---The file of the plan that the current buffer holds.
---@param plan homespun.Plan
---@return homespun.PlanFile?
function M.file(plan)
  local buffer = vim.api.nvim_get_current_buf()
  return vim.iter(plan.files):find(function(file) return M._buffer(file) == buffer end)
end

---The plan whose hunk the cursor is in.
---@return string?
function M.plan_here()
  local _, known = M._nearest(function() return true end)
  return known and known.plan
end

---The hunk at the cursor: the one whose lines it is on, or below whose line it stands.
---@param plan homespun.Plan
---@return homespun.PlanFile?, homespun.PlanHunk?
function M.here(plan)
  local file = M.file(plan)
  local _, known = M._nearest(function(one) return one.plan == plan.planId end)
  if not file or not known then
    return nil
  end
  return file, M._index(file, known.hunk)
end

---@param file homespun.PlanFile
---@param index integer
---@return homespun.PlanHunk?
function M._index(file, index)
  return vim.iter(file.hunks):find(function(hunk) return hunk.index == index end)
end

---The mark on the cursor's line.
---@param wanted fun(mark: homespun.Mark): boolean
---@return integer?, homespun.Mark?
function M._nearest(wanted)
  local buffer = vim.api.nvim_get_current_buf()
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  for mark, one in pairs(marks[buffer] or {}) do
    local at = vim.api.nvim_buf_get_extmark_by_id(buffer, space, mark, {})
    if at[1] == row and wanted(one) then
      return mark, one
    end
  end
end

---Go to the next hunk, or the one before; from one file into the next.
---@param plan homespun.Plan
---@param step 1|-1
function M.go(plan, step)
  local stops = M._stops(plan)
  if #stops == 0 then
    return require('homespun.tell').warn(
      'no line of a file that is there is changed; see the list.'
    )
  end
  local path = vim.api.nvim_buf_get_name(0)
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  local at ---@type integer? the stop that the cursor is at or behind
  for number, stop in ipairs(stops) do
    if stop.path == path and (step == 1 and stop.row <= row or step == -1 and stop.row < row) then
      at = number
    end
  end
  local here = vim.iter(stops):any(function(stop) return stop.path == path end)
  local target = not here and (step == 1 and 1 or #stops)
    or step == 1 and (at or M._before(stops, path)) % #stops + 1
    or at
    or (M._before(stops, path) - 1) % #stops + 1
  M._jump(stops[target])
end

---How many stops come before the first one of `path`.
---@param stops {path: string, row: integer}[]
---@param path string
---@return integer
function M._before(stops, path)
  for number, stop in ipairs(stops) do
    if stop.path == path then
      return number - 1
    end
  end
  return 0
end

---@param plan homespun.Plan
---@return {path: string, row: integer}[]
function M._stops(plan)
  local stops = {}
  for _, file in ipairs(plan.files) do
    local path = file.uri ~= '' and vim.uri_to_fname(file.uri) or ''
    local there = file.action == 'edit' or file.action == 'rename'
    for _, hunk in ipairs(there and path ~= '' and file.hunks or {}) do
      local row = hunk['end'] > hunk.start and hunk.start or math.max(0, hunk.start - 1)
      table.insert(stops, { path = path, row = row })
    end
  end
  return stops
end

---@param stop {path: string, row: integer}
function M._jump(stop)
  if vim.api.nvim_buf_get_name(0) ~= stop.path then
    if vim.bo.buftype ~= '' then
      vim.cmd.wincmd('p')
    end
    vim.cmd.edit(vim.fn.fnameescape(stop.path))
  end
  vim.cmd.normal({ "m'", bang = true })
  local last = vim.api.nvim_buf_line_count(0)
  vim.api.nvim_win_set_cursor(0, { math.min(stop.row + 1, last), 0 })
  -- Centred, so that there is room for the lines that come below it.
  vim.cmd.normal({ 'zvzz', bang = true })
end

return M
