---`:checkhealth homespun`: Neovim, the program, the connection, then the doctor's checks.
local client = require('homespun.client')

local M = {}

local PATIENCE = 30000 ---milliseconds for the doctor, who asks every model server
local health = vim.health

function M.check()
  health.start('Homespun: this plugin')
  if vim.fn.has('nvim-0.11') == 0 then
    return health.error('Neovim is older than 0.11.', 'Update Neovim.')
  end
  health.ok(('Neovim %s'):format(tostring(vim.version())))
  local enabled = vim.lsp.is_enabled and vim.lsp.is_enabled('homespun')
  if enabled == false then
    health.warn('The server is not enabled.', "Add `vim.lsp.enable('homespun')` to your init.lua.")
  end
  local program = M._program()
  if program then
    M._doctor(program, M._client())
  end
end

---@return string? program the path of the server's program, nil where there is none
function M._program()
  local why, cure = client.missing()
  if why then
    health.error(why, cure)
    return nil
  end
  local program = client.program()
  if not program then
    health.info('`cmd` is a function, so what it starts is not known here.')
    return 'homespun'
  end
  local told = M._run({ program, '--version' })
  if told.code ~= 0 then
    health.error(
      ('%s does not start: %s'):format(program, vim.trim(told.stderr or '')),
      'Run it in a terminal to see why.'
    )
    return nil
  end
  health.ok(('%s (%s)'):format(vim.trim(told.stdout), vim.fn.exepath(program)))
  return program
end

---@param command string[]
---@return vim.SystemCompleted
function M._run(command)
  local started, process = pcall(vim.system, command, { text = true })
  if not started then
    return { code = 1, signal = 0, stdout = '', stderr = tostring(process) }
  end
  return process:wait(PATIENCE)
end

---@return vim.lsp.Client?
function M._client()
  local server = client.attached() or client.all()[1]
  if not server then
    health.info('No server runs; it starts when a file is opened.')
    return nil
  end
  health.ok(('A server runs for %s'):format(server.root_dir or 'no folder'))
  local lacks = client.lacks(server)
  if #lacks > 0 then
    health.warn(
      ('It is older than this plugin and cannot %s.'):format(table.concat(lacks, ', ')),
      'Update it: `pipx upgrade homespun`, then :Homespun restart.'
    )
  end
  return server
end

---@param program string
---@param server? vim.lsp.Client
function M._doctor(program, server)
  health.start("Homespun: the doctor's checks")
  local checks, why = M._checks(program, server)
  if not checks then
    return health.error(('The doctor did not answer: %s'):format(why), 'See :Homespun log.')
  end
  for _, check in ipairs(checks) do
    local found = ('%s: %s'):format(check.name, check.found)
    if check.status == 'ok' then
      health.ok(found)
    else
      local report = check.status == 'warning' and health.warn or health.error
      report(found, check.hint ~= '' and check.hint or nil)
    end
  end
end

---@param program string
---@param server? vim.lsp.Client
---@return homespun.HealthCheck[]?, string?
function M._checks(program, server)
  if server then
    local answer, why = server:request_sync('homespun/health', vim.empty_dict(), PATIENCE)
    if not answer or answer.err then
      return nil, answer and answer.err.message or why
    end
    return answer.result.checks
  end
  local told = M._run({ program, 'doctor', '--json' })
  local read, report = pcall(vim.json.decode, told.stdout or '')
  if not read or type(report) ~= 'table' then
    return nil, vim.trim(told.stderr or '')
  end
  return report.checks
end

return M
