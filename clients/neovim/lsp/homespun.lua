---What `vim.lsp.enable('homespun')` starts. Change any of it by `vim.lsp.config('homespun', {...})`.
---@type vim.lsp.Config
return {
  cmd = { 'homespun', 'lsp' },
  root_dir = function(buffer, on_dir) require('homespun.client').root_dir(buffer, on_dir) end,
  capabilities = {
    experimental = { homespun = { review = true, save = true, survey = true, refactors = true } },
  },
  handlers = require('homespun.handlers'),
  commands = require('homespun.actions').commands,
  on_init = function(client) require('homespun.client').started(client) end,
  on_exit = function(code, signal, id)
    vim.schedule(function() require('homespun.client').ended(code, signal, id) end)
  end,
}
