---What the server tells and asks by itself, as `handlers` of the client.
local client = require('homespun.client')
local protocol = require('homespun.protocol')

local M = {}

---Words of an explanation go to it; all other progress is Neovim's own.
M['$/progress'] = function(failure, params, ctx)
  if require('homespun.explain').piece(params.token, params.value) then
    return
  end
  return vim.lsp.handlers['$/progress'](failure, params, ctx)
end

M[protocol.from_server.job] = function(_, note, ctx)
  require('homespun.status').note(ctx.client_id, client.plain(note))
end

M[protocol.from_server.plan] = function(_, plan, ctx)
  require('homespun.review').show(ctx.client_id, plan)
end

---@param survey homespun.Survey
M[protocol.from_server.survey] = function(_, survey, ctx)
  local chosen = require('homespun.survey').ask(ctx.client_id, client.plain(survey))
  return { chosen = chosen or vim.NIL }
end

---@param asked homespun.InputParams
M[protocol.from_server.input] = function(_, asked)
  return { text = require('homespun.ask').now(asked.title) or '' }
end

---@param asked homespun.SaveParams
M[protocol.from_server.save] = function(_, asked)
  require('homespun.edit').save(asked.uris)
  return vim.empty_dict()
end

return M
