-- nvim --headless --clean -u NONE -l neovim.lua FILE COMMAND...
-- A user's session: the code actions at the cursor, one that lands, undo in both ways.
local file, command = arg[1], vim.list_slice(arg, 2)
local seen, messages = {}, {}
vim.lsp.handlers['window/showMessage'] = function(_, shown) table.insert(messages, shown.message) end
vim.api.nvim_create_autocmd('LspProgress', {
  callback = function(event) table.insert(seen, event.data.params.value.kind) end,
})

local function check(name, ok)
  if not ok then
    io.stdout:write(
      ('FAILED %s: %s\n%s\n'):format(
        name,
        table.concat(messages, '; '),
        vim.inspect(vim.api.nvim_buf_get_lines(0, 0, -1, false))
      )
    )
    os.exit(1)
  end
  io.stdout:write('ok ', name, '\n')
end
local function wait(name, test) check(name, vim.wait(15000, test, 20)) end
local function line(number) return vim.api.nvim_buf_get_lines(0, number - 1, number, false)[1] end

vim.cmd.edit(file)
local id = vim.lsp.start({ name = 'homespun', cmd = command, root_dir = vim.fs.dirname(file) })
local client = assert(vim.lsp.get_client_by_id(id))
wait('initialized', function() return client.initialized end)
check('speaks utf-8', client.offset_encoding == 'utf-8')

vim.api.nvim_win_set_cursor(0, { 2, 0 })
local params = vim.lsp.util.make_range_params(0, client.offset_encoding)
params.context = { diagnostics = {}, triggerKind = 1 }
local answer = vim.lsp.buf_request_sync(0, 'textDocument/codeAction', params, 5000)[id]
local titles = vim.tbl_map(function(action) return action.title end, answer.result)
check('code actions', vim.tbl_contains(titles, 'Homespun: Simplify (add)'))

local function simplify()
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action) return action.title == 'Homespun: Simplify (add)' end,
  })
end
simplify()
wait('the edit lands', function() return line(2) == '    return a + b  # 😀' end)
check('nothing else is touched', line(1) == 'def add(a, b):' and line(3) == nil)
wait('progress ends', function() return vim.tbl_contains(seen, 'end') end)
vim.cmd.undo()
check('one undo of the editor takes it back', line(2) == '    return a - b  # 😀')

simplify()
wait('it lands again', function() return line(2) == '    return a + b  # 😀' end)
wait('that one ends too', function()
  return #vim.tbl_filter(function(k) return k == 'end' end, seen) == 2
end)
client:exec_cmd({ title = 'undo', command = 'homespun.undo' })
wait('homespun.undo takes it back', function() return line(2) == '    return a - b  # 😀' end)
check('no complaints', #messages == 0)

vim.lsp.stop_client(id)
wait('stopped', function() return vim.lsp.get_client_by_id(id) == nil end)
os.exit(0)
