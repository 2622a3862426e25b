---Changes: asked for, landed, taken back, looked at again.
local ask = require('homespun.ask')
local client = require('homespun.client')
local place = require('homespun.place')
local protocol = require('homespun.protocol')
local tell = require('homespun.tell')

local M = {}

local MANY = 2 ---files that are tiresome to save one by one

---Ask for the change that `params` name, and tell how it ends.
---@param server vim.lsp.Client
---@param params homespun.EditParams|homespun.ChangeParams|homespun.RefactorParams
---@param method? string
function M.ask(server, params, method)
  client.request(server, method or protocol.requests.edit, {
    params = params,
    done = function(result) M.ended(server, result) end,
    ended = function(why)
      if why == 'stopped' then
        tell.say('stopped; nothing was changed.')
      end
    end,
  })
end

---@param server vim.lsp.Client
---@param result homespun.EditResult|homespun.RefactorResult
function M.ended(server, result)
  require('homespun.status').answered(server.id, result.answeredBy)
  tell.change(result)
  if result.obstacle ~= '' then
    tell.page('in-the-way.diff', vim.split(result.obstacle, '\n'), 'diff')
  end
  if #result.unsaved >= MANY then
    M._offer_to_save(result.unsaved)
  end
end

---@param uris string[]
function M._offer_to_save(uris)
  local prompt = ('Homespun changed %d files that are not saved yet:'):format(#uris)
  vim.ui.select({ 'Save all', 'Leave them' }, { prompt = prompt }, function(choice)
    if choice == 'Save all' then
      M.save(uris)
    end
  end)
end

---Save the files that are open and changed.
---@param uris string[]
function M.save(uris)
  for _, uri in ipairs(uris) do
    local buffer = vim.fn.bufnr(vim.uri_to_fname(uri))
    if buffer > 0 and vim.bo[buffer].modified then
      local saved, why = pcall(
        vim.api.nvim_buf_call,
        buffer,
        function() vim.cmd('silent write') end
      )
      if not saved then
        tell.warn(('%s could not be saved: %s'):format(vim.uri_to_fname(uri), why))
      end
    end
  end
end

---`:[range]Homespun[!] edit [instruction]`; with `!` it is shown first, whatever it is.
---@param call homespun.Call
function M.edit(call)
  client.with(false, function(server)
    local params = place.params(server, call.lines)
    if call.bang then
      params.review = 'always'
    end
    ask.said(
      call,
      'What should be changed?',
      function(instruction)
        M.ask(server, vim.tbl_extend('error', params, { instruction = instruction }))
      end
    )
  end)
end

---`:Homespun undo [id]`
---@param call homespun.Call
function M.undo(call)
  client.with(
    true,
    function(server) M.ask(server, M._change(call.rest), protocol.requests.undo) end
  )
end

---`:Homespun reapply [id]`
---@param call homespun.Call
function M.reapply(call)
  client.with(
    true,
    function(server) M.ask(server, M._change(call.rest), protocol.requests.reapply) end
  )
end

---@param id string
---@return homespun.ChangeParams
function M._change(id) return id ~= '' and { changeId = id } or vim.empty_dict() end

---`:Homespun history [id]`: pick a change, then what to do with it.
---@param call homespun.Call
function M.history(call)
  client.with(true, function(server)
    if call.rest ~= '' then
      return M._show(server, call.rest)
    end
    client.request(server, protocol.requests.history, {
      done = function(result) M._pick(server, result.entries) end,
    })
  end)
end

---@param server vim.lsp.Client
---@param entries homespun.HistoryEntry[]
function M._pick(server, entries)
  if #entries == 0 then
    return tell.say('no changes yet.')
  end
  vim.ui.select(entries, { prompt = 'A change:', format_item = M._entry }, function(entry)
    if entry then
      M._choose(server, entry)
    end
  end)
end

---@param entry homespun.HistoryEntry
---@return string
function M._entry(entry)
  local when = os.date('%Y-%m-%d %H:%M', math.floor(entry.at))
  local by = entry.model ~= ''
      and (' · %s (%s)'):format(entry.model, entry['local'] and 'local' or 'cloud')
    or ''
  local said = vim.trim(('%s. %s'):format(entry.title, entry.summary)):gsub('%s+', ' ')
  return ('%s %s: %s%s'):format(when, entry.status, said, by)
end

---@param server vim.lsp.Client
---@param entry homespun.HistoryEntry
function M._choose(server, entry)
  local choices = { 'Show', 'Undo', 'Reapply' }
  vim.ui.select(choices, { prompt = entry.title .. ':' }, function(choice)
    local change = { changeId = entry.changeId }
    if choice == 'Show' then
      M._show(server, entry.changeId)
    elseif choice == 'Undo' then
      M.ask(server, change, protocol.requests.undo)
    elseif choice == 'Reapply' then
      M.ask(server, change, protocol.requests.reapply)
    end
  end)
end

---@param server vim.lsp.Client
---@param id string
function M._show(server, id)
  client.request(server, protocol.requests.history, {
    params = { changeId = id },
    done = function(result)
      local lines = vim.tbl_map(M._entry, result.entries)
      vim.list_extend(lines, vim.split(result.diff, '\n'))
      tell.page('change.diff', lines, 'diff')
    end,
  })
end

return M
