-- Review: three hunks in two files, seen growing; two are taken, one is left; a new file; undo.
local S = dofile(os.getenv('SESSION'))
local SPACE = 'homespun.review'
local file = vim.api.nvim_get_current_buf()
local before = S.text()
S.attached()
local function listed()
  local buffer = vim.fn.bufnr('homespun://review')
  return buffer > 0 and S.text(buffer) or ''
end

vim.cmd('Homespun! edit number them')
S.wait(
  'the first hunk shows while the reply still streams',
  function() return S.shows(SPACE, 'one = 1.0') and S.shows(SPACE, 'the model writes') end
)
S.wait('it waits', function() return S.noted('wait for you') end)
S.check(
  'what goes is coloured',
  (function()
    local id = vim.api.nvim_get_namespaces()[SPACE]
    local marks = vim.api.nvim_buf_get_extmarks(file, id, 0, -1, { details = true })
    return marks[1][4].line_hl_group == 'HomespunRemoved'
  end)()
)
S.check('nothing is changed yet', S.text(file) == before)
S.check(
  'the list names each file',
  listed():find('[x] change calc.py', 1, true) and listed():find('[x] new    fresh.py', 1, true)
)
S.check('and the risks', listed():find('new', 1, true))

vim.api.nvim_set_current_win(vim.fn.bufwinid(file))
vim.cmd('normal! G')
vim.cmd('Homespun review next')
S.check('next goes round to the first', vim.api.nvim_win_get_cursor(0)[1] == 1)
vim.cmd('Homespun review next')
S.check('then to the second', vim.api.nvim_win_get_cursor(0)[1] == 11)
vim.cmd('Homespun review prev')
S.check('and back', vim.api.nvim_win_get_cursor(0)[1] == 1)
vim.cmd('Homespun review next')
vim.cmd('Homespun review reject')
S.wait('a hunk is left', function() return S.shows(SPACE, '2 of 2: rejected') end)
S.check('the list knows', listed():find('[~] change calc.py  +1 -1 (1 of 2 hunks)', 1, true))

vim.cmd('Homespun review diff')
S.wait(
  'a diff of the file',
  function() return #vim.api.nvim_list_tabpages() == 2 and vim.wo.diff end
)
S.wait(
  'with what it would become',
  function() return S.text():find('one = 1.0', 1, true) and not S.text():find('two = 2.0', 1, true) end
)
vim.cmd('tabnext')

vim.api.nvim_set_current_win(vim.fn.bufwinid(vim.fn.bufnr('homespun://review')))
vim.fn.search('fresh.py')
vim.cmd.normal('r')
S.wait(
  'a file is left from the list',
  function() return listed():find('[ ] new    fresh.py', 1, true) end
)
vim.cmd.normal('a')
S.wait('and taken', function() return listed():find('[x] new    fresh.py', 1, true) end)

vim.cmd('Homespun review reject-all')
S.wait('all is left', function() return listed():find('[ ] change calc.py', 1, true) end)
vim.cmd('Homespun review accept-all')
S.wait('all is taken', function() return listed():find('[x] change calc.py', 1, true) end)
vim.api.nvim_set_current_win(vim.fn.bufwinid(file))
vim.cmd('normal! gg')
vim.cmd('Homespun review next')
vim.cmd('Homespun review reject')
S.wait('the second is left again', function() return S.shows(SPACE, '2 of 2: rejected', file) end)

S.picks = { 'Save all' }
vim.cmd('Homespun review apply')
S.wait('what was taken lands', function() return S.text(file):find('one = 1.0', 1, true) end)
S.check('what was left does not', not S.text(file):find('two = 2.0', 1, true))
S.wait('the new file is there', function() return vim.fn.filereadable('fresh.py') == 1 end)
S.wait('its end is told once', function() return S.noted('Homespun: changed') end)
S.check(
  'the end is a good one',
  S.noted('Homespun: changed 2 files, +61 -1; the rest was left out. Numbers.')
)
S.check('no line too many', #vim.fn.readfile('fresh.py') == 60)
S.check(
  'nothing is left on the screen',
  #S.virtual(SPACE, file) == 0 and vim.fn.bufnr('homespun://review') == -1
)
S.check('nor the diff', #vim.api.nvim_list_tabpages() == 1)
S.check('saved', vim.bo[file].modified == false)
vim.wait(200, function() return false end)
S.check(
  'told once only',
  #vim.tbl_filter(function(note) return vim.startswith(note, 'Homespun: changed') end, S.notes) == 1
)

vim.cmd('Homespun undo')
S.wait('one undo takes all of it back', function() return S.text(file) == before end)
vim.cmd('Homespun review')
S.wait('nothing waits any more', function() return S.noted('no change waits for you') end)
S.done()
