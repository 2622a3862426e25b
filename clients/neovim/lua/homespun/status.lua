---What goes on, for a status line.
local M = {}

---@type table<integer, table<string, homespun.JobNote>> the jobs that run, by client
local jobs = {}
---@type table<integer, {model: string, cloud: boolean}>
local models = {}

---@type table<integer, true> the clients that were asked which model serves
local asked = {}

local WORDS = {
  waiting = 'waits',
  loading = 'loads',
  reading = 'reads',
  thinking = 'thinks',
  writing = 'writes',
  checking = 'checks',
  reviewing = 'asks you',
  applying = 'applies',
}

---@param client integer
---@param note homespun.JobNote
function M.note(client, note)
  jobs[client] = jobs[client] or {}
  jobs[client][note.id] = note.stage ~= 'done' and note or nil
  vim.cmd.redrawstatus({ bang = true })
end

---@param client integer
---@param model string as `provider/model`
---@param cloud boolean
function M.serves(client, model, cloud)
  if model ~= '' then
    models[client] = { model = model, cloud = cloud }
    vim.cmd.redrawstatus({ bang = true })
  end
end

---@param client integer
---@param by homespun.AnsweredBy
function M.answered(client, by)
  if by.model ~= '' then
    M.serves(client, by.provider .. '/' .. by.model, not by['local'])
  end
end

---@param client integer
function M.forget(client)
  jobs[client], models[client], asked[client] = nil, nil, nil
end

---The ids of the jobs that run at a server.
---@param client integer
---@return string[]
function M.jobs(client) return vim.tbl_keys(jobs[client] or {}) end

---How the files of each refactor stand that runs at a server.
---@param client integer
---@return homespun.JobFiles[]
function M.refactors(client)
  local notes = {}
  for _, note in vim.spairs(jobs[client] or {}) do
    table.insert(notes, note.files)
  end
  return notes
end

---@param files homespun.JobFiles
---@return string
local function progress(files)
  local all = files.done + files.failed + files.waiting + #files.running
  return ('%d of %s'):format(files.done + files.failed, require('homespun.tell').count(all, 'file'))
end

---Ask once which model serves; before an answer has come nothing else tells it.
---@param server vim.lsp.Client
local function learn(server)
  if asked[server.id] or not server.initialized then
    return
  end
  asked[server.id] = true
  vim.schedule(function() require('homespun.models').learn(server) end)
end

---Model, local or cloud, stage and speed of the current buffer's server; '' where there is none.
---In our own lists that of the first server.
---@return string
function M.line()
  local buffer = vim.api.nvim_get_current_buf()
  local ours = vim.startswith(vim.api.nvim_buf_get_name(buffer), 'homespun://')
  local client = vim.lsp.get_clients({ name = 'homespun', bufnr = not ours and buffer or nil })[1]
  if not client then
    return ''
  end
  learn(client)
  local words = { 'homespun' }
  local model = models[client.id]
  if model then
    table.insert(words, ('%s (%s)'):format(model.model, model.cloud and 'cloud' or 'local'))
  end
  local _, note = next(jobs[client.id] or {})
  if note then
    table.insert(words, WORDS[note.stage])
  end
  if note and note.files then
    table.insert(words, progress(note.files))
  end
  if note and note.tokensPerSecond > 0 and note.stage == 'writing' then
    table.insert(words, ('%.0f tokens/s'):format(note.tokensPerSecond))
  end
  return table.concat(words, ' ')
end

return M
