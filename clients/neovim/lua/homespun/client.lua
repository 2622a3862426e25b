---The language server's client: found, started, watched, asked.
local protocol = require('homespun.protocol')
local tell = require('homespun.tell')

local M = {}

local NAME = 'homespun'
local STOPS_WITHIN = 3000 ---milliseconds

---@class homespun.Running
---@field client integer
---@field request integer
---@field method string
---@field ended fun(why: 'stopped'|'exited')

---What was asked and is not answered yet.
---@type table<homespun.Running, true>
local running = {}
---Clients that are meant to end.
---@type table<integer, true>
local leaving = {}

---Whether the buffer holds a file that Homespun can work on, else why it cannot.
---@param buffer integer
---@return boolean, string?
function M.fits(buffer)
  local name = vim.api.nvim_buf_get_name(buffer)
  if vim.bo[buffer].buftype ~= '' or vim.bo[buffer].filetype == 'netrw' then
    return false, 'this buffer is no file of yours, so there is nothing to work on here.'
  end
  if name == '' then
    return false, 'this buffer has no name yet. Save it, then ask again.'
  end
  if name:match('^%a[%w+.-]+://') or vim.fn.isdirectory(name) == 1 then
    return false, ('%s is no file on this machine.'):format(name)
  end
  return true
end

---The program that is to be started, nil where a function starts it.
---@return string?
function M.program()
  local config = vim.lsp.config[NAME]
  local cmd = config and config.cmd
  return type(cmd) == 'table' and cmd[1] or nil
end

---Why the server cannot be started, and what to do about it; nil where nothing speaks against it.
---@return string? why, string? cure
function M.missing()
  local program = M.program()
  if not program or vim.fn.executable(program) == 1 then
    return nil
  end
  return ('the program `%s` is not on your PATH.'):format(program),
    'Install it with `pipx install homespun`, or name it '
      .. "by vim.lsp.config('homespun', { cmd = { '/path/to/homespun', 'lsp' } })."
end

---@param tell_it fun(message: string)
---@return boolean whether the program is missing, which is told then
local function if_missing(tell_it)
  local why, cure = M.missing()
  if why then
    tell_it(('%s %s :checkhealth homespun tells more.'):format(why, cure))
  end
  return why ~= nil
end

---As `root_dir` of the configuration: the workspace of a buffer, for those that hold a file.
---@param buffer integer
---@param on_dir fun(root: string)
function M.root_dir(buffer, on_dir)
  if not M.fits(buffer) then
    return
  end
  if not M.warn_if_missing() then
    on_dir(M.root(buffer))
  end
end

---Tell the user once where the server's program is missing.
---@return boolean whether it is
function M.warn_if_missing()
  return if_missing(
    function(message) vim.notify_once('Homespun: ' .. message, vim.log.levels.WARN) end
  )
end

---Tell the user, who asked for something that needs it, that the server's program is missing.
---@return boolean whether it is
function M.fail_if_missing()
  return if_missing(function(message) tell.say(message, vim.log.levels.ERROR) end)
end

---The folder that a buffer's file belongs to: the project's, else its own.
---@param buffer integer
---@return string
function M.root(buffer)
  local name = vim.api.nvim_buf_get_name(buffer)
  return vim.fs.root(buffer, { '.homespun.toml', '.git' }) or vim.fs.dirname(name)
end

---@param buffer? integer
---@return vim.lsp.Client?
function M.attached(buffer)
  return vim.lsp.get_clients({ name = NAME, bufnr = buffer or vim.api.nvim_get_current_buf() })[1]
end

---@return vim.lsp.Client[]
function M.all() return vim.lsp.get_clients({ name = NAME }) end

---The client of the current buffer, started where need be; else any that runs, where `anywhere`.
---@param anywhere boolean whether a buffer that holds no file will do
---@param use fun(client: vim.lsp.Client)
function M.with(anywhere, use)
  local buffer = vim.api.nvim_get_current_buf()
  local client = M.attached(buffer)
  local fits, why = M.fits(buffer)
  if not client and not fits and anywhere then
    client = M.all()[1]
  end
  if client then
    use(client)
  elseif not fits then
    tell.warn(assert(why))
  else
    M._start(buffer, use)
  end
end

---@param buffer integer
---@param use fun(client: vim.lsp.Client)
function M._start(buffer, use)
  if M.fail_if_missing() then
    return
  end
  local config = vim.deepcopy(vim.lsp.config[NAME])
  config.root_dir = M.root(buffer)
  local id = vim.lsp.start(config, { bufnr = buffer })
  local client = id and vim.lsp.get_client_by_id(id)
  if not client then
    return tell.say(
      'the server could not be started. See :checkhealth homespun.',
      vim.log.levels.ERROR
    )
  end
  M._when_ready(client, use)
end

---@param client vim.lsp.Client
---@param use fun(client: vim.lsp.Client)
function M._when_ready(client, use)
  if client.initialized then
    return use(client)
  end
  if not client:is_stopped() then
    vim.defer_fn(function() M._when_ready(client, use) end, 20)
  end
end

---As `on_init`: an old server is told of once.
---@param client vim.lsp.Client
function M.started(client)
  vim.schedule(function() vim.cmd.redrawstatus({ bang = true }) end)
  local lacks = M.lacks(client)
  if #lacks > 0 then
    local info = client.server_info or {}
    vim.notify_once(
      ('Homespun: the server (%s) is older than this plugin and cannot %s. Update it: '):format(
        info.version or 'of unknown version',
        table.concat(lacks, ', ')
      ) .. '`pipx upgrade homespun`, then :Homespun restart.',
      vim.log.levels.WARN
    )
  end
end

---The requests of the contract that the server does not serve, by their short names.
---@param client vim.lsp.Client
---@return string[]
function M.lacks(client)
  local offered = (client.server_capabilities.executeCommandProvider or {}).commands or {}
  local lacks = {}
  for short, name in vim.spairs(protocol.requests) do
    if not vim.list_contains(offered, (name:gsub('/', '.'))) then
      table.insert(lacks, short)
    end
  end
  return lacks
end

---As `on_exit`: whatever waits for an answer is told that none will come.
---@param code integer
---@param signal integer
---@param id integer
function M.ended(code, signal, id)
  local meant = leaving[id]
  leaving[id] = nil
  local waited = 0
  for job in pairs(running) do
    if job.client == id then
      waited = waited + 1
      running[job] = nil
      job.ended('exited')
    end
  end
  require('homespun.status').forget(id)
  require('homespun.review').forget(id)
  require('homespun.survey').forget(id)
  if meant or vim.v.exiting ~= vim.NIL or (code == 0 and waited == 0) then
    return
  end
  local how = signal ~= 0 and ('signal %d'):format(signal) or ('exit code %d'):format(code)
  local lost = waited == 0 and '' or ' in the middle of its work; nothing of that was changed'
  tell.say(
    ('the server ended (%s)%s. :Homespun restart starts it again, :Homespun log shows why.'):format(
      how,
      lost
    ),
    vim.log.levels.ERROR
  )
end

---JSON's nulls as Lua has them: since 0.12 Neovim leaves them as `vim.NIL`.
---@param value any
---@return any
function M.plain(value)
  if value == vim.NIL then
    return nil
  end
  return type(value) == 'table' and vim.tbl_map(M.plain, value) or value
end

---@class homespun.Asked
---@field params? table
---@field done fun(result: any)
---@field failed? fun(failure: lsp.ResponseError) what to do instead of telling the user
---@field ended? fun(why: 'stopped'|'exited') when no answer will come any more

---Ask the server; exactly one of `done`, `failed` and `ended` is called in the end.
---@param client vim.lsp.Client
---@param method string
---@param asked homespun.Asked
---@return homespun.Running? job what `M.stop` takes
function M.request(client, method, asked)
  if not method or vim.list_contains(M.lacks(client), method:match('[^/]+$')) then
    tell.say(
      'the server is too old for this. Update it: `pipx upgrade homespun`.',
      vim.log.levels.ERROR
    )
    return nil
  end
  local job =
    { client = client.id, request = -1, method = method, ended = asked.ended or function() end }
  running[job] = true
  local sent, number = client:request(
    method,
    asked.params or vim.empty_dict(),
    function(failure, result)
      if not running[job] then
        return
      end
      running[job] = nil
      if not failure then
        asked.done(M.plain(result))
      else
        (asked.failed or tell.fail)(failure)
      end
    end
  )
  if not sent then
    running[job] = nil
    tell.say(
      'the server does not run any more. :Homespun restart starts it again.',
      vim.log.levels.ERROR
    )
    return nil
  end
  job.request = assert(number)
  return job
end

---Whether a change was asked for whose end will be told.
---@param client_id integer
---@return boolean
function M.awaits_change(client_id)
  local changing = { protocol.requests.edit, protocol.requests.reapply, protocol.requests.refactor }
  return vim.iter(vim.tbl_keys(running)):any(
    function(job) return job.client == client_id and vim.list_contains(changing, job.method) end
  )
end

---End one job: the model stops, and nothing of it is changed.
---@param job homespun.Running
function M.stop(job)
  if not running[job] then
    return
  end
  running[job] = nil
  local client = vim.lsp.get_client_by_id(job.client)
  if client then
    client:cancel_request(job.request)
  end
  job.ended('stopped')
end

---End all jobs that were begun here; how many there were.
---@return integer
function M.stop_all()
  local jobs = vim.tbl_keys(running)
  vim.iter(jobs):each(M.stop)
  return #jobs
end

---Stop every server, and once they are gone start them again for the same buffers.
function M.restart()
  local clients = M.all()
  if #clients == 0 then
    return M.with(false, function() tell.say('the server is started.') end)
  end
  for _, client in ipairs(clients) do
    M._restart(client)
  end
end

---@param client vim.lsp.Client
function M._restart(client)
  local buffers = vim.tbl_keys(client.attached_buffers)
  local config = vim.deepcopy(vim.lsp.config[NAME])
  config.root_dir = client.root_dir
  M._leave(client, function()
    for _, buffer in ipairs(buffers) do
      if vim.api.nvim_buf_is_loaded(buffer) then
        vim.lsp.start(config, { bufnr = buffer })
      end
    end
    tell.say('the server is started again.')
  end)
end

---End a client, by force where it does not go by itself.
---@param client vim.lsp.Client
---@param gone fun()
function M._leave(client, gone)
  leaving[client.id] = true
  client:stop()
  local started = vim.uv.now()
  local function look()
    if vim.lsp.get_client_by_id(client.id) == nil then
      return gone()
    end
    if vim.uv.now() - started > STOPS_WITHIN then
      client:stop(true)
    end
    vim.defer_fn(look, 50)
  end
  look()
end

return M
