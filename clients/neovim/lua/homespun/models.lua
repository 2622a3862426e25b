---Models: which there are, which serves, and their keeping.
local client = require('homespun.client')
local protocol = require('homespun.protocol')
local status = require('homespun.status')
local tell = require('homespun.tell')

local M = {}

---The models that were listed last, for completion.
---@type string[]
M.known = {}

---@param server vim.lsp.Client
---@param use fun(providers: homespun.ListedProvider[])
---@param failed? fun(failure: lsp.ResponseError)
local function list(server, use, failed)
  client.request(server, protocol.requests.models, {
    failed = failed,
    done = function(result)
      M.known = {}
      for _, provider in ipairs(result.providers) do
        for _, model in ipairs(provider.models) do
          table.insert(M.known, provider.provider .. '/' .. model)
        end
        if provider.serves ~= '' then
          status.serves(
            server.id,
            provider.provider .. '/' .. provider.serves,
            not provider['local']
          )
        end
      end
      use(result.providers)
    end,
  })
end

---Learn which model serves, for the status line; what is wrong is told when it matters.
---@param server vim.lsp.Client
function M.learn(server)
  if not vim.list_contains(client.lacks(server), 'models') then
    local nothing = function() end
    list(server, nothing, nothing)
  end
end

---`:Homespun[!] model [name]`: which one serves; with `!` it is kept in the settings file.
---@param call homespun.Call
function M.choose(call)
  client.with(true, function(server)
    if call.rest ~= '' then
      return M._select(server, call.rest, call.bang)
    end
    list(server, function(providers) M._offer(server, providers, call.bang) end)
  end)
end

---@param server vim.lsp.Client
---@param providers homespun.ListedProvider[]
---@param keep boolean
function M._offer(server, providers, keep)
  local offers = {}
  for _, provider in ipairs(providers) do
    for _, model in ipairs(provider.models) do
      table.insert(offers, { provider = provider, model = model })
    end
  end
  if #offers == 0 then
    return tell.warn('no models are known yet. :Homespun doctor says what is missing.')
  end
  vim.ui.select(
    offers,
    { prompt = 'Which model is to serve?', format_item = M._offered },
    function(offer)
      if offer then
        M._select(server, offer.provider.provider .. '/' .. offer.model, keep)
      end
    end
  )
end

---@param offer {provider: homespun.ListedProvider, model: string}
---@return string
function M._offered(offer)
  local provider = offer.provider
  local words = { provider['local'] and 'local' or 'cloud', provider.status }
  if provider.serves == offer.model then
    table.insert(words, 'serves now')
  end
  return ('%s/%s (%s)'):format(provider.provider, offer.model, table.concat(words, ', '))
end

---@param server vim.lsp.Client
---@param model string
---@param keep boolean
function M._select(server, model, keep)
  client.request(server, protocol.requests.selectModel, {
    params = { model = model, keep = keep },
    done = function(result) M._selected(server, result) end,
  })
end

---@param server vim.lsp.Client
---@param result homespun.SelectModelResult
function M._selected(server, result)
  local where = result['local'] and 'local' or 'cloud'
  local why = vim.trim(result.reason .. ' ' .. result.hint)
  if result.status == 'kept' then
    return tell.warn(('the model stays as it was: %s'):format(why))
  end
  status.serves(server.id, result.model, not result['local'])
  if result.status == 'warned' then
    tell.warn(('%s (%s) serves now, though: %s'):format(result.model, where, why))
  else
    tell.say(('%s (%s) serves now.'):format(result.model, where))
  end
end

---`:Homespun models [list|pull NAME|delete NAME|test [NAME]]`
---@param call homespun.Call
function M.run(call)
  local name, model = call.rest:match('^(%S*)%s*(.-)$')
  local command = ({
    [''] = M._list,
    list = M._list,
    pull = M._pull,
    delete = M._delete,
    test = M._test,
  })[name]
  if not command then
    return tell.warn(
      ('there is no `:Homespun models %s`; it knows list, pull, delete and test.'):format(name)
    )
  end
  client.with(true, function(server) command(server, model) end)
end

---@param server vim.lsp.Client
function M._list(server)
  list(server, function(providers)
    local lines = { "# Homespun's models", '' }
    for _, provider in ipairs(providers) do
      vim.list_extend(lines, M._provider(provider))
    end
    tell.page('models.md', lines, 'markdown')
  end)
end

---@param provider homespun.ListedProvider
---@return string[]
function M._provider(provider)
  local where = provider['local'] and 'local' or 'cloud'
  local head = ('## %s (%s, %s)'):format(provider.provider, where, provider.status)
  local why = vim.trim(provider.reason .. ' ' .. provider.hint)
  local lines = { head, provider.address }
  vim.list_extend(lines, why ~= '' and { (why:gsub('%s+', ' ')) } or {})
  for _, model in ipairs(provider.models) do
    table.insert(
      lines,
      ('- %s%s'):format(model, model == provider.serves and ' (serves now)' or '')
    )
  end
  table.insert(lines, '')
  return lines
end

---@param server vim.lsp.Client
---@param model string
function M._pull(server, model)
  if model == '' then
    return tell.warn('name the model, such as `:Homespun models pull ollama/qwen2.5-coder:7b`.')
  end
  tell.say(('downloading %s ... :Homespun stop ends it.'):format(model))
  client.request(server, protocol.requests.pullModel, {
    params = { model = model },
    done = function(result) tell.say(('%s is downloaded.'):format(result.model)) end,
  })
end

---@param server vim.lsp.Client
---@param model string
function M._delete(server, model)
  if model == '' then
    return tell.warn('name the model, such as `:Homespun models delete ollama/qwen2.5-coder:7b`.')
  end
  vim.ui.select(
    { 'Delete it', 'Keep it' },
    { prompt = ('Delete %s?'):format(model) },
    function(choice)
      if choice == 'Delete it' then
        client.request(server, protocol.requests.deleteModel, {
          params = { model = model },
          done = function(result) tell.say(('%s is deleted.'):format(result.model)) end,
        })
      end
    end
  )
end

---@param server vim.lsp.Client
---@param model string
function M._test(server, model)
  client.request(server, protocol.requests.testModel, {
    params = model ~= '' and { model = model } or nil,
    done = function(result)
      local lines = { "# The model's test", '' }
      for _, check in ipairs(result.checks) do
        local found = vim.trim(('%s %s'):format(check.found, check.hint)):gsub('%s+', ' ')
        table.insert(lines, ('- %s: %s: %s'):format(check.status, check.name, found))
      end
      tell.page('model-test.md', lines, 'markdown')
    end,
  })
end

return M
