-- nvim --headless --clean -l neovim.lua CONFIG FILE: does with the documented configuration what
-- the page says that one can do. Says what went wrong and ends with 1, or ends with 0.
local config, file = _G.arg[1], _G.arg[2]

local function await(what, condition)
  if not vim.wait(30000, condition, 20) then
    io.stderr:write('gave up waiting for ' .. what .. '\n' .. vim.fn.execute('messages') .. '\n')
    os.exit(1)
  end
end

local function text() return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n') .. '\n' end

vim.cmd('filetype on')
dofile(config)
vim.cmd.edit(file)
local before = text()
await('the server', function()
  local client = vim.lsp.get_clients({ name = 'homespun' })[1]
  return client and client.initialized
end)

vim.fn.search('homespun:')
vim.lsp.buf.code_action({
  apply = true,
  filter = function(action) return action.kind == 'refactor.rewrite.homespun.comment' end,
})
await('the edit', function() return text() ~= before end)
vim.cmd.write()

vim.cmd.HomespunUndo()
await('the undo', function() return text() == before end)
os.exit(0)
