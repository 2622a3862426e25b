-- A documented way to install the plugin works: it serves the file at hand.
local S = dofile(os.getenv('SESSION'))
S.attached()
S.check('the command is there', vim.fn.exists(':Homespun') == 2)
vim.cmd('1,2Homespun edit add, do not subtract')
S.wait('it edits', function() return S.text():find('return a + b', 1, true) end)
S.done()
