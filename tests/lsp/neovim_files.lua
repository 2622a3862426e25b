-- nvim --headless --clean -l neovim_files.lua FILE OTHER COMMAND...
-- One change of two files, of which only the first is open: edit, then undo of both.
local file, other, command = arg[1], arg[2], vim.list_slice(arg, 3)
local messages = {}
vim.lsp.handlers['window/showMessage'] = function(_, shown) table.insert(messages, shown.message) end
vim.lsp.handlers['window/showMessageRequest'] = function(_, asked) return asked.actions[1] end

local function lines(path)
  local buffer = vim.fn.bufnr(path)
  return buffer > 0
      and vim.api.nvim_buf_is_loaded(buffer)
      and table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n')
    or table.concat(vim.fn.readfile(path), '\n')
end
local function check(name, ok)
  if not ok then
    io.stdout:write(
      ('FAILED %s: %s\n%s\n%s\n'):format(
        name,
        table.concat(messages, '; '),
        lines(file),
        lines(other)
      )
    )
    os.exit(1)
  end
  io.stdout:write('ok ', name, '\n')
end

vim.lsp.config('homespun', { cmd = command, root_dir = vim.fs.dirname(file) })
vim.lsp.enable('homespun')
vim.cmd.edit(file)
vim.cmd('doautoall nvim.lsp.enable FileType')
local client
check(
  'attached',
  vim.wait(15000, function()
    client = vim.lsp.get_clients({ bufnr = 0 })[1]
    return client and client.initialized
  end, 20)
)

local function request(method, params)
  local answer = assert(client:request_sync(method, params, 20000, 0))
  check(method .. ' answers', not answer.err)
  return answer.result
end
local result = request('homespun/edit', {
  textDocument = { uri = vim.uri_from_fname(file) },
  instruction = 'one becomes two in both',
  scope = 'workspace',
})
check('applied', result.status == 'applied')
check('the open file', lines(file) == 'one = 2')
check('the other file', lines(other) == 'uno = 2')
result = request('homespun/undo', vim.empty_dict())
check('undone', result.status == 'applied')
check('the open file again', lines(file) == 'one = 1')
check('the other file again', lines(other) == 'uno = 1')
check('no complaints', #messages == 0)
os.exit(0)
