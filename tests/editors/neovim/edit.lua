-- Edits: by an instruction and a range, asked for, taken back, looked at, made again.
local S = dofile(os.getenv('SESSION'))
local before = S.text()
S.attached()

vim.cmd('1,2Homespun edit add, do not subtract')
S.wait('the edit lands', function() return S.text():find('return a + b', 1, true) end)
S.wait('its end is told', function() return S.noted('changed 1 file, +1 -1.') end)
S.check('who answered is told', S.noted('scripted/scripted (local), '))
S.check(
  'the status line knows the model',
  require('homespun').statusline() == 'homespun scripted/scripted (local)'
)

vim.cmd('Homespun undo')
S.wait('undo takes it back', function() return S.text() == before end)
S.wait('and its end is told, too', function() return S.noted('Taken back: Edit') end)

S.picks = { 'Edit', 'Show' }
vim.cmd('Homespun history')
S.wait('the history shows a change', function() return vim.bo.filetype == 'diff' end)
S.check('with its diff', S.text():find('+    return a + b', 1, true))
vim.cmd('close')

S.picks = { 'undone: Edit', 'Reapply' }
vim.cmd('Homespun history')
S.wait('reapply makes it again', function() return S.text():find('return a + b', 1, true) end)
vim.cmd('Homespun undo')
S.wait('and it is taken back again', function() return S.text() == before end)

S.inputs = { 'add, do not subtract' }
vim.api.nvim_win_set_cursor(0, { 2, 0 })
vim.cmd('Homespun edit')
S.wait(
  'an instruction is asked for, and done',
  function() return S.text():find('return a + b', 1, true) end
)
vim.cmd('Homespun undo')
S.wait('taken back', function() return S.text() == before end)

S.inputs = {}
vim.cmd('Homespun edit')
S.check(
  'nothing typed is nothing done',
  not require('homespun.client').awaits_change(S.client().id)
)

S.picks = { 'Simplify' }
vim.cmd('Homespun action')
S.wait('a code action is done', function() return S.text():find('return a + b', 1, true) end)
vim.cmd('Homespun undo')
S.wait('and taken back', function() return S.text() == before end)

S.inputs = { 'add, do not subtract' }
vim.cmd('Homespun action Edit add')
S.wait(
  'one that asks for an instruction as well',
  function() return S.text():find('return a + b', 1, true) end
)
vim.cmd('Homespun undo')
S.wait('and is taken back', function() return S.text() == before end)

vim.cmd('Homespun fix')
S.wait('there is nothing to fix', function() return S.noted('there is no problem here to fix') end)
vim.diagnostic.set(
  vim.api.nvim_create_namespace('test'),
  0,
  { { lnum = 1, col = 4, message = 'It should add.' } }
)
vim.cmd('Homespun fix')
S.wait('a problem is fixed', function() return S.text():find('return a + b', 1, true) end)
S.done()
