---Questions to the user.
local M = {}

---What the user has said with the command, else what they type; nothing is done for nothing.
---@param call homespun.Call
---@param prompt string
---@param use fun(text: string)
function M.said(call, prompt, use)
  if call.rest ~= '' then
    return use(call.rest)
  end
  vim.ui.input({ prompt = prompt .. ' ' }, function(typed)
    local text = vim.trim(typed or '')
    if text ~= '' then
      use(text)
    end
  end)
end

---What the user types, nil for nothing: within a request of the server's, which Neovim runs as a
---coroutine of its own.
---@param prompt string
---@return string?
function M.now(prompt)
  local this = assert(coroutine.running())
  vim.ui.input({ prompt = prompt .. ' ' }, function(typed)
    -- An input that answers at once would resume before the yield.
    vim.schedule(function() coroutine.resume(this, typed) end)
  end)
  return coroutine.yield()
end

return M
