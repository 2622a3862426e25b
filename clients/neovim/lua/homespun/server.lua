---The server itself: its jobs, its log, its health.
local client = require('homespun.client')
local tell = require('homespun.tell')

local M = {}

---`:Homespun stop`: whatever the model is at.
function M.stop()
  local stopped = client.stop_all()
  for _, server in ipairs(client.all()) do
    require('homespun.survey').forget(server.id)
    for _, job in ipairs(require('homespun.status').jobs(server.id)) do
      -- A job that others began, such as another plugin: its progress has the same name.
      server:notify('window/workDoneProgress/cancel', { token = job })
    end
  end
  if stopped == 0 then
    tell.say('nothing of yours runs.')
  end
end

---`:Homespun restart`
function M.restart() client.restart() end

---`:Homespun doctor`
function M.doctor() vim.cmd.checkhealth('homespun') end

---`:Homespun log`: the server's own, which holds no code.
function M.log()
  local program = client.program() or 'homespun'
  if client.fail_if_missing() then
    return
  end
  vim.system({ program, 'config', 'path', '--json' }, { text = true }, function(done)
    vim.schedule(function() M._open_log(done) end)
  end)
end

---@param done vim.SystemCompleted
function M._open_log(done)
  local read, places = pcall(vim.json.decode, done.stdout or '')
  local log = read and type(places) == 'table' and places.log
  if type(log) ~= 'string' then
    return tell.warn('the server does not say where its log is. :LspLog shows what Neovim knows.')
  end
  if vim.fn.filereadable(log) == 0 then
    return tell.say(('nothing is in the log yet (%s).'):format(log))
  end
  vim.cmd('botright split ' .. vim.fn.fnameescape(log))
  vim.bo.readonly, vim.bo.modifiable = true, false
  vim.cmd.normal({ 'G', bang = true })
end

return M
