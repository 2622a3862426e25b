---One file of a plan as a diff in a tab: as it is, and as it would be.
local client = require('homespun.client')
local protocol = require('homespun.protocol')

local M = {}

---@type {plan: string, file: string, buffer: integer}[]
local open = {}

---@param client_id integer
---@param plan homespun.Plan
---@param file? homespun.PlanFile
function M.open(client_id, plan, file)
  if not file or file.uri == '' then
    return require('homespun.tell').warn('there is no file to show.')
  end
  M._proposed(client_id, plan, file.uri, function(lines)
    local path = vim.uri_to_fname(file.uri)
    vim.cmd.tabnew()
    if vim.fn.filereadable(path) == 1 then
      vim.cmd.edit(vim.fn.fnameescape(path))
    else
      vim.bo.buftype, vim.bo.bufhidden = 'nofile', 'wipe'
    end
    vim.cmd.diffthis()
    vim.cmd('rightbelow vsplit')
    local buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_win_set_buf(0, buffer)
    vim.bo[buffer].bufhidden = 'wipe'
    table.insert(open, { plan = plan.planId, file = file.uri, buffer = buffer })
    pcall(vim.api.nvim_buf_set_name, buffer, ('homespun://%d/%s'):format(buffer, file.path))
    M._fill(buffer, lines)
    -- Not by `filetype`: its plugins may start what is for files alone.
    vim.bo[buffer].syntax = vim.filetype.match({ filename = path }) or ''
    vim.cmd.diffthis()
  end)
end

---@param client_id integer
---@param plan homespun.Plan
---@param uri string
---@param use fun(lines: string[])
function M._proposed(client_id, plan, uri, use)
  local server = vim.lsp.get_client_by_id(client_id)
  if server then
    client.request(server, protocol.requests.proposed, {
      params = { planId = plan.planId, file = uri },
      done = function(result)
        local text = result.text:gsub('\r\n', '\n'):gsub('\n$', '')
        use(vim.split(text, '\n'))
      end,
    })
  end
end

---@param buffer integer
---@param lines string[]
function M._fill(buffer, lines)
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].modifiable = false
  vim.cmd('diffupdate')
end

---Show what was decided since.
---@param client_id integer
---@param plan homespun.Plan
function M.refresh(client_id, plan)
  for _, one in ipairs(open) do
    if
      one.plan == plan.planId
      and vim.api.nvim_buf_is_valid(one.buffer)
      and plan.state == 'waiting'
    then
      M._proposed(client_id, plan, one.file, function(lines)
        if vim.api.nvim_buf_is_valid(one.buffer) then
          M._fill(one.buffer, lines)
        end
      end)
    end
  end
end

---@param plan string
function M.close(plan)
  open = vim.tbl_filter(function(one)
    if one.plan ~= plan then
      return true
    end
    if vim.api.nvim_buf_is_valid(one.buffer) then
      M._leave(one.buffer)
    end
    return false
  end, open)
end

---Close the tab that a diff made for itself, or only its right side where it is the last one.
---@param buffer integer
function M._leave(buffer)
  local window = vim.fn.bufwinid(buffer)
  for _, page in ipairs(vim.api.nvim_list_tabpages()) do
    for _, one in ipairs(vim.api.nvim_tabpage_list_wins(page)) do
      if vim.api.nvim_win_get_buf(one) == buffer then
        window = one
        vim
          .iter(vim.api.nvim_tabpage_list_wins(page))
          :each(function(each) vim.api.nvim_win_call(each, vim.cmd.diffoff) end)
      end
    end
  end
  local page = window ~= -1 and vim.api.nvim_win_get_tabpage(window)
  if page and #vim.api.nvim_list_tabpages() > 1 then
    vim.cmd(('tabclose %d'):format(vim.api.nvim_tabpage_get_number(page)))
  end
  if vim.api.nvim_buf_is_valid(buffer) then
    vim.api.nvim_buf_delete(buffer, { force = true })
  end
end

return M
