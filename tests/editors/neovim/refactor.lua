-- A refactor of the workspace: its files are asked about, the change is shown, made, taken back.
local S = dofile(os.getenv('SESSION'))
local before = S.text()
S.attached()
vim.api.nvim_win_set_cursor(0, { 1, 4 })
S.picks = { 'Refactor' }
vim.cmd('Homespun refactor rename add to plus')
S.wait('it is asked about, and waits', function() return S.noted('wait for you') end)
S.check('by the number of files', S.offered[1][1]:find('^Refactor %d+ file'))
S.check('the list names them', S.text(vim.fn.bufnr('homespun://review')):find('calc.py', 1, true))
S.picks = {}
vim.cmd('Homespun review apply')
S.wait(
  'it lands',
  function() return S.text():find('def plus', 1, true) and S.text():find('plus(a, a)', 1, true) end
)
S.wait('its end is told', function() return S.noted('Homespun: changed') end)
vim.cmd('Homespun undo')
S.wait('and is taken back', function() return S.text() == before end)
S.done()
