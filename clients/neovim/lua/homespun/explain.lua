---Explanations: streamed as virtual lines below the code that they are about.
local ask = require('homespun.ask')
local client = require('homespun.client')
local place = require('homespun.place')
local protocol = require('homespun.protocol')
local tell = require('homespun.tell')
local wrap = require('homespun.wrap')

local M = {}

local EVERY = 50 ---milliseconds between two updates of the screen: twenty a second
local SHARE = 0.6 ---of a window's height that an explanation may take
local space = vim.api.nvim_create_namespace('homespun.explain')

---@class homespun.View
---@field token string
---@field client integer
---@field params homespun.ExplainParams
---@field buffer integer
---@field row integer where it was asked for, from 0
---@field mark? integer
---@field text string
---@field footer string
---@field job? homespun.Running
---@field page? integer the buffer that it is kept in
---@field timer uv.uv_timer_t
---@field drawn integer milliseconds
---@field updates integer

---@type table<string, homespun.View>
local views = {}
local count = 0

---`:[range]Homespun explain [question]`
---@param call homespun.Call
function M.explain(call)
  client.with(false, function(server)
    local params = place.params(server, call.lines)
    params.question = call.rest ~= '' and call.rest or nil
    M.ask(server, params)
  end)
end

---@param server vim.lsp.Client
---@param params homespun.ExplainParams
function M.ask(server, params)
  count = count + 1
  local range = params.range or { ['end'] = { line = 0, character = 1 }, start = { line = 0 } }
  local before = range['end'].character == 0 and range['end'].line > range.start.line
  local view = {
    token = ('homespun-explain-%d'):format(count),
    client = server.id,
    params = params,
    buffer = vim.uri_to_bufnr(params.textDocument.uri),
    row = range['end'].line - (before and 1 or 0),
    text = '',
    footer = 'asking the model ...',
    timer = assert(vim.uv.new_timer()),
    drawn = 0,
    updates = 0,
  }
  views[view.token] = view
  M._draw(view)
  view.job = client.request(server, protocol.requests.explain, {
    params = vim.tbl_extend('force', params, { partialResultToken = view.token }),
    done = function(result)
      require('homespun.status').answered(server.id, result.answeredBy)
      M._end(view, tell.answered(result.answeredBy, result.usage), result.markdown)
    end,
    failed = function(failure)
      M._end(view, tell.failure(failure))
      tell.fail(failure)
    end,
    ended = function(why)
      M._end(view, why == 'stopped' and 'stopped' or 'the server ended before this was whole')
    end,
  })
  if not view.job then
    M._forget(view)
  end
end

---The next words of an explanation; false where `token` is none's.
---@param token integer|string
---@param value any
---@return boolean
function M.piece(token, value)
  local view = views[token]
  if not view then
    -- What a dismissed one still gets is of no use to anybody.
    return type(token) == 'string' and vim.startswith(token, 'homespun-explain-')
  end
  if not view.job then
    return true -- it was stopped, and these words were on their way
  end
  view.text = view.text .. value.text
  view.footer = 'the model writes; :Homespun stop ends it'
  M._append(view, value.text)
  local wait = EVERY - (vim.uv.now() - view.drawn)
  if wait <= 0 then
    M._draw(view)
  elseif not view.timer:is_active() then
    view.timer:start(wait, 0, function()
      vim.schedule(function() M._draw(view) end)
    end)
  end
  return true
end

---@param view homespun.View
---@param footer string
---@param text? string the whole of it
function M._end(view, footer, text)
  view.job = nil
  view.footer = footer
  if text and text ~= view.text then
    view.text = text
    if view.page and vim.api.nvim_buf_is_valid(view.page) then
      M._write(view, view.page)
    end
  end
  M._draw(view)
end

---@param view homespun.View
function M._draw(view)
  if views[view.token] == nil or not vim.api.nvim_buf_is_loaded(view.buffer) then
    return
  end
  view.timer:stop()
  view.drawn = vim.uv.now()
  view.updates = view.updates + 1
  local window = vim.fn.bufwinid(view.buffer)
  local lines = M._lines(view, window)
  view.mark = vim.api.nvim_buf_set_extmark(view.buffer, space, M._row(view), 0, {
    id = view.mark,
    virt_lines = lines,
  })
end

---Where the explanation stands now: it goes with its line.
---@param view homespun.View
---@return integer
function M._row(view)
  local at = view.mark and vim.api.nvim_buf_get_extmark_by_id(view.buffer, space, view.mark, {})
  local row = at and at[1] or view.row
  return math.min(row, vim.api.nvim_buf_line_count(view.buffer) - 1)
end

---@param view homespun.View
---@param window integer -1 for none
---@return [string, string][][]
function M._lines(view, window)
  local shown = window ~= -1
  local width = shown and vim.api.nvim_win_get_width(window) - vim.fn.getwininfo(window)[1].textoff
    or 80
  local height = shown and vim.api.nvim_win_get_height(window) or 24
  local limit = math.max(5, math.floor(height * SHARE))
  local wrapped, more = wrap.markdown(view.text, math.max(20, width - 4), limit)
  local lines = vim.tbl_map(
    function(line) return { { '  │ ', 'HomespunFooter' }, line } end,
    wrapped
  )
  if more then
    table.insert(lines, { { '  │ ... :Homespun keep shows the rest', 'HomespunFooter' } })
  end
  for _, footer in ipairs(wrap.plain(view.footer, math.max(20, width - 4))) do
    table.insert(lines, { { '  └ ' .. footer, 'HomespunFooter' } })
  end
  return lines
end

---The explanation that is meant: the nearest in the buffer, of those at the cursor or above first.
---@return homespun.View?
function M._here()
  local buffer = vim.api.nvim_get_current_buf()
  local line = vim.api.nvim_win_get_cursor(0)[1] - 1
  local best, distance ---@type homespun.View?, number?
  for _, view in pairs(views) do
    if view.page == buffer then
      return view
    end
    if view.buffer == buffer then
      local away = line - M._row(view)
      local this = away >= 0 and away or 0.5 - away
      if not distance or this < distance then
        best, distance = view, this
      end
    end
  end
  return best
end

---@param use fun(view: homespun.View)
local function here(use)
  local view = M._here()
  if view then
    use(view)
  else
    tell.warn('there is no explanation here.')
  end
end

---`:Homespun ask [question]`: a further question about what was explained here.
---@param call homespun.Call
function M.further(call)
  here(function(view)
    local server = vim.lsp.get_client_by_id(view.client)
    if not server then
      return tell.warn('the server that explained this does not run any more.')
    end
    ask.said(call, 'What else about it?', function(question)
      local params = M._further(view, question)
      M._forget(view)
      M.ask(server, params)
    end)
  end)
end

---@param view homespun.View
---@param question string
---@return homespun.ExplainParams
function M._further(view, question)
  local earlier = vim.deepcopy(view.params.earlier or {})
  table.insert(earlier, { question = view.params.question or '', answer = view.text })
  local params = vim.deepcopy(view.params)
  params.question, params.earlier = question, earlier
  return params
end

---`:Homespun keep`: as a buffer of its own, which goes on growing.
function M.keep()
  here(function(view)
    view.page = tell.page('explanation.md', {}, 'markdown')
    M._write(view, view.page)
    vim.wo.wrap, vim.wo.linebreak = true, true
  end)
end

---`:Homespun[!] dismiss`: the one here, with `!` all of them. One that still grows is stopped.
---@param call homespun.Call
function M.dismiss(call)
  if call.bang then
    return vim.iter(vim.tbl_values(views)):each(M._forget)
  end
  here(M._forget)
end

---@param view homespun.View
function M._forget(view)
  views[view.token] = nil
  if not view.timer:is_closing() then
    view.timer:stop()
    view.timer:close()
  end
  if view.mark and vim.api.nvim_buf_is_valid(view.buffer) then
    vim.api.nvim_buf_del_extmark(view.buffer, space, view.mark)
  end
  if view.job then
    client.stop(view.job)
  end
end

---@param view homespun.View
---@param page integer
function M._write(view, page)
  vim.api.nvim_buf_set_lines(page, 0, -1, false, vim.split(view.text, '\n'))
end

---@param view homespun.View
---@param piece string
function M._append(view, piece)
  if view.page and vim.api.nvim_buf_is_valid(view.page) then
    vim.api.nvim_buf_set_text(view.page, -1, -1, -1, -1, vim.split(piece, '\n'))
  end
end

---Updates of the screen so far, for tests.
---@return integer
function M.updates()
  return vim.iter(vim.tbl_values(views)):fold(0, function(sum, view) return sum + view.updates end)
end

return M
