-- A change that renames one file and deletes another: listed, left and taken, made, taken back.
local S = dofile(os.getenv('SESSION'))
S.attached()
local function listed()
  local buffer = vim.fn.bufnr('homespun://review')
  return buffer > 0 and S.text(buffer) or ''
end
vim.cmd('edit gone.py | edit old.py | edit calc.py')
vim.cmd('Homespun! edit tidy up')
S.wait('it waits', function() return S.noted('wait for you') end)
S.check('the rename is listed', listed():find('rename old.py -> new.py', 1, true))
S.check('the deletion, too', listed():find('delete gone.py', 1, true))
vim.api.nvim_set_current_win(vim.fn.bufwinid(vim.fn.bufnr('homespun://review')))
vim.fn.search('gone.py')
vim.cmd.normal('r')
S.wait('a deletion is left', function() return listed():find('[ ] delete gone.py', 1, true) end)
vim.cmd.normal('a')
S.wait('and taken', function() return listed():find('[x] delete gone.py', 1, true) end)
S.picks = { 'Leave them', 'Leave them' }
vim.cmd('Homespun review apply')
S.wait(
  'the file is renamed',
  function() return vim.fn.filereadable('new.py') == 1 and vim.fn.filereadable('old.py') == 0 end
)
S.wait('the other is gone', function() return vim.fn.filereadable('gone.py') == 0 end)
S.wait('its end is told', function() return S.noted('Homespun: changed') end)
vim.cmd('Homespun undo')
S.wait('the rename is taken back', function() return vim.fn.filereadable('old.py') == 1 end)
-- In its buffer, which is still there: whether it comes back to the disk is the user's own choice.
S.wait('and so is the deletion', function() return S.text(vim.fn.bufnr('gone.py')) == 'x = 1' end)
S.done()
