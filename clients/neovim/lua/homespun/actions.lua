---Code actions of the server's, done in this plugin's way.
local client = require('homespun.client')
local place = require('homespun.place')
local tell = require('homespun.tell')

local M = {}

---Neovim runs these instead of asking the server: so explanations appear below the code, and an edit
---can be stopped like any other.
---@type table<string, fun(command: lsp.Command, ctx: lsp.HandlerContext)>
M.commands = {
  ['homespun.explain'] = function(command, ctx)
    local server = assert(vim.lsp.get_client_by_id(ctx.client_id))
    require('homespun.explain').ask(server, command.arguments[1])
  end,
  ['homespun.edit'] = function(command, ctx)
    local server = assert(vim.lsp.get_client_by_id(ctx.client_id))
    require('homespun.edit').ask(server, command.arguments[1])
  end,
  ['homespun.refactor'] = function(command, ctx)
    local server = assert(vim.lsp.get_client_by_id(ctx.client_id))
    require('homespun.refactor').ask(server, command.arguments[1])
  end,
}

---`:[range]Homespun fix`: a problem that the editor shows here.
---@param call homespun.Call
function M.fix(call) M._offer(call, { 'quickfix.homespun' }, 'there is no problem here to fix.') end

---`:[range]Homespun action [title]`: whatever can be done here.
---@param call homespun.Call
function M.pick(call)
  local kinds = { 'quickfix.homespun', 'refactor.rewrite.homespun', 'homespun.explain' }
  M._offer(call, kinds, 'there is nothing to do here.')
end

---@param call homespun.Call
---@param kinds string[]
---@param nothing string what to say where there are none
function M._offer(call, kinds, nothing)
  -- By its number: only then does Neovim first tell the server what was typed last.
  local buffer = vim.api.nvim_get_current_buf()
  client.with(false, function(server)
    local params = place.params(server, call.lines)
    params.context = { only = kinds, diagnostics = M._problems(server, call.lines) }
    server:request('textDocument/codeAction', params, function(failure, actions)
      if failure then
        return tell.fail(failure)
      end
      local wanted = vim.tbl_filter(
        function(action) return action.title:lower():find(call.rest:lower(), 1, true) ~= nil end,
        type(actions) == 'table' and actions or {}
      )
      M._run(server, wanted, nothing)
    end, buffer)
  end)
end

---The problems in the lines, else in the cursor's.
---@param server vim.lsp.Client
---@param lines? homespun.Lines
---@return lsp.Diagnostic[]
function M._problems(server, lines)
  local cursor = vim.api.nvim_win_get_cursor(0)[1]
  local first, last = lines and lines.first or cursor, lines and lines.last or cursor
  local here = vim.tbl_filter(
    function(one) return one.lnum + 1 <= last and (one.end_lnum or one.lnum) + 1 >= first end,
    vim.diagnostic.get(0)
  )
  return vim.tbl_map(function(one) return M._problem(server, one) end, here)
end

---@param server vim.lsp.Client
---@param one vim.Diagnostic
---@return lsp.Diagnostic
function M._problem(server, one)
  local function position(line, column)
    local text = vim.api.nvim_buf_get_lines(0, line, line + 1, false)[1] or ''
    local character = vim.str_utfindex(text, server.offset_encoding, math.min(column, #text), false)
    return { line = line, character = character }
  end
  return {
    range = {
      start = position(one.lnum, one.col),
      ['end'] = position(one.end_lnum or one.lnum, one.end_col or one.col),
    },
    severity = one.severity,
    source = one.source,
    message = one.message,
  }
end

---@param server vim.lsp.Client
---@param actions lsp.CodeAction[]
---@param nothing string
function M._run(server, actions, nothing)
  local function run(action)
    if action then
      server:exec_cmd(action.command, { bufnr = vim.api.nvim_get_current_buf() })
    end
  end
  if #actions == 0 then
    tell.warn(nothing)
  elseif #actions == 1 then
    run(actions[1])
  else
    local title = function(action) return action.title end
    vim.ui.select(actions, { prompt = 'Homespun:', format_item = title }, run)
  end
end

return M
