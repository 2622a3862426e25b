---What the model would be shown.
local client = require('homespun.client')
local place = require('homespun.place')

local M = {}

---`:[range]Homespun context [instruction]`: the server shows it as a page, and sends nothing.
---@param call homespun.Call
function M.show(call)
  client.with(false, function(server)
    local params = place.params(server, call.lines) ---@type homespun.ContextParams
    params.instruction = call.rest ~= '' and call.rest or nil
    local command = { title = 'Context', command = 'homespun.context', arguments = { params } }
    server:exec_cmd(command, { bufnr = vim.api.nvim_get_current_buf() })
  end)
end

return M
