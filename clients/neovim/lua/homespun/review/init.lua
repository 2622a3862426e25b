---Review: plans that the server holds, shown where they would land, decided hunk by hunk.
---All that is known of a plan is what the server told last.
local client = require('homespun.client')
local marks = require('homespun.review.marks')
local protocol = require('homespun.protocol')
local tell = require('homespun.tell')

local M = {}

---@class homespun.Shown
---@field client integer
---@field plan homespun.Plan
---@field awaited boolean whether it came while a change was asked for here, and so belongs to it

---@type table<string, homespun.Shown> by plan
local shown = {}
local latest ---@type string? the plan that a command means
local group ---@type integer?

---As `homespun/plan`: what a plan is now.
---@param client_id integer
---@param plan homespun.Plan
function M.show(client_id, plan)
  M._watch()
  local before = shown[plan.planId]
  if plan.state == 'closed' then
    return M._close(plan.planId)
  end
  local awaited = client.awaits_change(client_id) and (before == nil or before.awaited)
  shown[plan.planId] = { client = client_id, plan = plan, awaited = awaited }
  latest = plan.planId
  marks.draw(plan)
  require('homespun.review.list').refresh(plan)
  require('homespun.review.diff').refresh(client_id, plan)
  if plan.state == 'waiting' and not (before and before.plan.state == 'waiting') then
    M._announce(plan)
  end
end

---@param plan homespun.Plan
function M._announce(plan)
  local hunks, files = 0, 0
  for _, file in ipairs(plan.files) do
    if file.refusal == '' then
      hunks, files = hunks + #file.hunks, files + 1
    end
  end
  local name = vim.uri_from_bufnr(vim.api.nvim_get_current_buf())
  if #plan.files ~= 1 or plan.files[1].uri ~= name or #plan.files[1].risks > 0 then
    require('homespun.review.list').open(plan)
  end
  tell.say(
    ('%s. %s in %s wait for you: :Homespun review apply | drop'):format(
      plan.title:gsub('%s+', ' '),
      tell.count(hunks, 'change'),
      tell.count(files, 'file')
    )
  )
end

---Buffers that are loaded later show what is planned for them, too.
function M._watch()
  if group then
    return
  end
  group = vim.api.nvim_create_augroup('homespun.review', {})
  vim.api.nvim_create_autocmd({ 'BufReadPost', 'BufWinEnter' }, {
    group = group,
    callback = function()
      for _, one in pairs(shown) do
        marks.draw(one.plan)
      end
    end,
  })
end

---@param id string
function M._close(id)
  shown[id] = nil
  if latest == id then
    latest = next(shown)
  end
  marks.clear(id)
  require('homespun.review.list').close(id)
  require('homespun.review.diff').close(id)
end

---A server is gone: what it held waits on disk, and is told again by the next one.
---@param client_id integer
function M.forget(client_id)
  for id, one in pairs(shown) do
    if one.client == client_id then
      M._close(id)
    end
  end
end

---The plan that is meant: the one of the list or of the lines at the cursor, else the latest.
---@return homespun.Shown?
function M._current()
  local id = require('homespun.review.list').plan() or marks.plan_here() or latest
  return id and shown[id] or nil
end

local commands = {} ---@type table<string, fun(one: homespun.Shown)>

---`:Homespun review [word]`
---@param call homespun.Call
function M.run(call)
  local command = commands[call.rest == '' and 'list' or call.rest]
  if not command then
    local known = table.concat(vim.fn.sort(vim.tbl_keys(commands)), ', ')
    return tell.warn(('there is no `:Homespun review %s`. It knows: %s.'):format(call.rest, known))
  end
  local one = M._current()
  if one then
    return command(one)
  end
  M._fetch(command)
end

---Ask the server what waits, for a plan that this session was not told of.
---@param command fun(one: homespun.Shown)
function M._fetch(command)
  client.with(true, function(server)
    client.request(server, protocol.requests.plans, {
      done = function(result)
        for _, plan in ipairs(result.plans) do
          M.show(server.id, plan)
        end
        local one = M._current()
        if one then
          command(one)
        else
          tell.say('no change waits for you.')
        end
      end,
    })
  end)
end

---@param one homespun.Shown
---@param method string
---@param params table
---@param done fun(result: any)
local function ask(one, method, params, done)
  local server = vim.lsp.get_client_by_id(one.client)
  if not server then
    return tell.warn('the server that holds this change does not run any more. :Homespun restart')
  end
  params.planId = one.plan.planId
  client.request(server, method, { params = params, done = done })
end

---@param one homespun.Shown
---@param accept boolean
---@param what {file?: string, hunk?: integer}
function M.decide(one, accept, what)
  if one.plan.state ~= 'waiting' then
    return tell.warn('the model still writes this; decide when it is whole.')
  end
  local params = vim.tbl_extend('error', { accept = accept }, what)
  ask(one, protocol.requests.decide, params, function(plan) M.show(one.client, plan) end)
end

---@param accept boolean
---@return fun(one: homespun.Shown)
local function this_hunk(accept)
  return function(one)
    local listed = require('homespun.review.list').file()
    local file, hunk = marks.here(one.plan)
    if listed then
      M.decide(one, accept, { file = listed })
    elseif file and hunk then
      M.decide(one, accept, { file = M._name(file), hunk = hunk.index })
    else
      tell.warn('there is no change at the cursor. :Homespun review next goes to one.')
    end
  end
end

---@param accept boolean
---@return fun(one: homespun.Shown)
local function this_file(accept)
  return function(one)
    local listed = require('homespun.review.list').file()
    local file = marks.file(one.plan)
    if listed or file then
      M.decide(one, accept, { file = listed or M._name(assert(file)) })
    else
      tell.warn('this file is not part of the change. :Homespun review lists those that are.')
    end
  end
end

---@param file homespun.PlanFile
---@return string
function M._name(file) return file.uri ~= '' and file.uri or file.path end

---@param apply boolean
---@return fun(one: homespun.Shown)
local function finish(apply)
  return function(one)
    if one.plan.state ~= 'waiting' then
      return tell.warn('the model still writes this. :Homespun stop ends it.')
    end
    -- The request that began it is answered too, where this session made it, and tells the user.
    local awaited = one.awaited and client.awaits_change(one.client)
    ask(one, protocol.requests.finish, { apply = apply }, function(result)
      local server = vim.lsp.get_client_by_id(one.client)
      if server and not awaited then
        require('homespun.edit').ended(server, result)
      end
    end)
  end
end

commands.accept = this_hunk(true)
commands.reject = this_hunk(false)
commands['accept-file'] = this_file(true)
commands['reject-file'] = this_file(false)
commands.apply = finish(true)
commands.drop = finish(false)
commands['accept-all'] = function(one) M.decide(one, true, {}) end
commands['reject-all'] = function(one) M.decide(one, false, {}) end
commands.list = function(one) require('homespun.review.list').open(one.plan) end
commands.next = function(one) marks.go(one.plan, 1) end
commands.prev = function(one) marks.go(one.plan, -1) end
commands.diff = function(one)
  local listed = require('homespun.review.list').file()
  local file = listed and M._find(one.plan, listed) or marks.file(one.plan) or one.plan.files[1]
  require('homespun.review.diff').open(one.client, one.plan, file)
end

---@param plan homespun.Plan
---@param name string
---@return homespun.PlanFile?
function M._find(plan, name)
  return vim.iter(plan.files):find(function(file) return M._name(file) == name end)
end

return M
