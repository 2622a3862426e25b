---Refactors of many files: begun, gone on with, given up, or one file of them left out.
local ask = require('homespun.ask')
local client = require('homespun.client')
local edit = require('homespun.edit')
local place = require('homespun.place')
local protocol = require('homespun.protocol')
local status = require('homespun.status')
local tell = require('homespun.tell')

local M = {}

---The ids of the unfinished refactors that were listed last, for completion.
---@type string[]
M.known = {}

---`:Homespun[!] refactor [instruction]`: all over the workspace; with `!` it is shown first.
---@param call homespun.Call
function M.begin(call)
  client.with(false, function(server)
    local at = place.params(server)
    local params = { textDocument = at.textDocument, position = at.range.start }
    params.review = call.bang and 'always' or nil
    ask.said(
      call,
      'What should be changed in the workspace?',
      function(instruction)
        M.ask(server, vim.tbl_extend('error', params, { instruction = instruction }))
      end
    )
  end)
end

---@param server vim.lsp.Client
---@param params homespun.RefactorParams
function M.ask(server, params) edit.ask(server, params, protocol.requests.refactor) end

---`:Homespun refactors [list|resume [id]|drop [id]|cancel-file [path]]`
---@param call homespun.Call
function M.run(call)
  local name, rest = call.rest:match('^(%S*)%s*(.-)$')
  local command = ({
    [''] = M._list,
    list = M._list,
    resume = M._resume,
    drop = M._drop,
    ['cancel-file'] = M._cancel_file,
  })[name]
  if not command then
    local known = 'it knows list, resume, drop and cancel-file.'
    return tell.warn(('there is no `:Homespun refactors %s`; %s'):format(name, known))
  end
  client.with(true, function(server) command(server, rest) end)
end

---Have the user pick one of those that were left before their end.
---@param server vim.lsp.Client
---@param prompt string
---@param use fun(one: homespun.UnfinishedRefactor)
local function pick(server, prompt, use)
  client.request(server, protocol.requests.refactors, {
    done = function(result)
      M.known = vim.tbl_map(function(one) return one.id end, result.refactors)
      if #M.known == 0 then
        return tell.say('no refactor was left before its end.')
      end
      local options = { prompt = prompt, format_item = M._described }
      vim.ui.select(result.refactors, options, function(one)
        if one then
          use(one)
        end
      end)
    end,
  })
end

---@param one homespun.UnfinishedRefactor
---@return string
function M._described(one)
  return ('%s %s (%d of %s done%s)'):format(
    os.date('%Y-%m-%d %H:%M', math.floor(one.at)),
    one.instruction:gsub('%s+', ' '),
    one.done,
    tell.count(one.files, 'file'),
    one.running and ', at work now' or ''
  )
end

---@param server vim.lsp.Client
function M._list(server)
  pick(server, 'A refactor that was left:', function(one)
    vim.ui.select({ 'Resume', 'Drop' }, { prompt = M._described(one) .. ':' }, function(choice)
      if choice == 'Resume' then
        M._resume(server, one.id)
      elseif choice == 'Drop' then
        M._drop(server, one.id)
      end
    end)
  end)
end

---@param server vim.lsp.Client
---@param id string
function M._resume(server, id)
  if id ~= '' then
    return M.ask(server, { resume = id })
  end
  pick(server, 'Which one is to go on?', function(one) M.ask(server, { resume = one.id }) end)
end

---@param server vim.lsp.Client
---@param id string
function M._drop(server, id)
  if id == '' then
    return pick(server, 'Which one is to be forgotten?', function(one) M._drop(server, one.id) end)
  end
  client.request(server, protocol.requests.dropRefactor, {
    params = { id = id },
    done = function(result)
      if result.dropped then
        tell.say('the refactor is dropped, with the answers that were kept.')
      else
        tell.warn(('there is no refactor %s.'):format(id))
      end
    end,
  })
end

---@param server vim.lsp.Client
---@param path string
function M._cancel_file(server, path)
  local notes = status.refactors(server.id)
  if #notes == 0 then
    return tell.warn('no refactor is at work.')
  end
  if path ~= '' then
    return M._cancel(server, notes, path)
  end
  vim.ui.select(M.at_work(server.id), { prompt = 'Which file is to be left out?' }, function(choice)
    if choice then
      M._cancel(server, notes, choice)
    end
  end)
end

---Leave `path` out of the first of the refactors that still has it to do.
---@param server vim.lsp.Client
---@param notes homespun.JobFiles[]
---@param path string
function M._cancel(server, notes, path)
  local note = notes[1]
  if not note then
    return tell.warn(('%s is done already, or is no part of the refactor.'):format(path))
  end
  client.request(server, protocol.requests.cancelFile, {
    params = { id = note.id, file = path },
    done = function(result)
      if result.cancelled then
        tell.say(('%s is left out; the other files go on.'):format(path))
      else
        M._cancel(server, vim.list_slice(notes, 2), path)
      end
    end,
  })
end

---The files of the refactors that run: those that were chosen, or where another editor chose them,
---those that the model is at.
---@param id integer the client's
---@return string[] paths
function M.at_work(id)
  local paths = {}
  for _, note in ipairs(status.refactors(id)) do
    local running = vim.tbl_map(function(file) return file.path end, note.running)
    vim.list_extend(paths, require('homespun.survey').chosen(note.id) or running)
  end
  return paths
end

return M
