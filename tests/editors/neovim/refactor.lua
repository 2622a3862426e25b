-- Refactors of the workspace: the files are chosen in a list, the change is shown, made, taken back;
-- one is stopped, gone on with without a file, one is dropped.
local S = dofile(os.getenv('SESSION'))
local file = vim.api.nvim_get_current_buf()
local before = S.text()
S.attached()

local function list()
  return vim.iter(vim.api.nvim_list_bufs()):find(
    function(buffer)
      return vim.api.nvim_buf_is_loaded(buffer) and vim.bo[buffer].filetype == 'homespun-survey'
    end
  )
end
local function listed(words) return S.text(list()):find(words, 1, true) ~= nil end
local function begin()
  S.notes = {}
  vim.cmd('silent only | buffer ' .. file)
  vim.api.nvim_win_set_cursor(0, { 1, 4 })
  vim.cmd('Homespun refactor rename add to plus')
  S.wait('its files are listed', function() return list() ~= nil end)
end
local function go(name)
  vim.fn.cursor(1, 1)
  vim.fn.search('\\V] ' .. name)
end
local function press(keys)
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(keys, true, false, true), 'mx', false)
end
local function completed(words) return vim.fn.getcompletion('Homespun ' .. words, 'cmdline') end
local function at_work()
  return require('homespun').statusline():find('1 of 3 files', 1, true) ~= nil
end
local function stop()
  vim.cmd('Homespun stop')
  S.wait('it is stopped', function() return S.noted('stopped; nothing was changed') end)
  S.wait('at the server, too', function() return not at_work() end)
end

begin()
S.check('the cursor is in the list', vim.api.nvim_get_current_buf() == list())
S.check('at the first file', vim.api.nvim_get_current_line():find('[x] calc.py', 1, true))
S.check('each has its reason', listed('[x] use.py   step 2, 13 tokens  uses `add`'))
S.check('what it costs is told', listed('3 of 3 files, about '))
local whole = S.text(list()):match('about ([%d,]+) tokens')
go('more.py')
press('r')
S.check('one is left', listed('[ ] more.py') and listed('2 of 3 files, about '))
S.check('it costs less', S.text(list()):match('about ([%d,]+) tokens') ~= whole)
press('<Space>')
S.check('taken', listed('[x] more.py') and listed('about ' .. whole .. ' tokens'))
press('<Space>')
S.check('and left', listed('[ ] more.py'))
press('ggVGr')
S.check('all are left', listed('0 of 3 files, about 0 tokens'))
press('A')
S.check('none is not enough', S.noted('no file is taken') and list())
go('use.py')
press('<CR>')
S.check('a file is looked at', vim.fn.expand('%:t') == 'use.py')
vim.cmd('Homespun survey')
S.check('and back', vim.api.nvim_get_current_buf() == list())
press('ggVGa')
go('more.py')
press('r')
press('A')
S.wait('it is made, and waits', function() return S.noted('wait for you') end)
S.check('the list is gone', list() == nil)
local review = S.text(vim.fn.bufnr('homespun://review'))
S.check('what was taken', review:find('calc.py', 1, true) and review:find('use.py', 1, true))
S.check('and nothing else', not review:find('more.py', 1, true))
S.picks = { 'Leave them', 'Leave them' }
vim.cmd('Homespun review apply')
S.wait('it lands', function()
  local text = S.text(file)
  return text:find('def plus', 1, true) and text:find('plus(a, a)', 1, true)
end)
S.wait('its end is told', function() return S.noted('Homespun: changed 2 files') end)
S.check('with what is left behind', S.noted('more.py'))
vim.cmd('Homespun undo')
S.wait('and is taken back', function() return S.text(file) == before end)

for what, close in pairs({
  ['a drop'] = function() press('D') end,
  ['closing the list'] = function() press('q') end,
  ['another way to close it'] = function() vim.cmd('only') end,
}) do
  begin()
  if what == 'another way to close it' then
    vim.api.nvim_set_current_win(vim.fn.bufwinid(file))
  end
  close()
  S.wait(what .. ' changes nothing', function() return S.noted('nothing was changed') end)
  S.check('and the list is gone', list() == nil)
end
begin()
vim.cmd('Homespun stop')
S.wait('a stop is told', function() return S.noted('stopped; nothing was changed') end)
S.wait('it closes the list', function() return list() == nil end)
vim.cmd('Homespun survey')
S.check('there is none to go to', S.noted('no refactor asks for its files'))

begin()
vim.cmd('Homespun refactors cancel-file more.py')
S.check('nothing works yet', S.noted('no refactor is at work'))
vim.cmd('Homespun survey start')
S.wait('the status line counts', at_work)
stop()

S.notes, S.offered, S.picks = {}, {}, { 'rename add to plus (1 of 3 files done)', 'Resume' }
vim.cmd('Homespun refactors')
S.wait('one that was left goes on', at_work)
S.check('its id is completed', #completed('refactors resume ') == 1)
S.picks = { 'more.py' }
vim.cmd('Homespun refactors cancel-file')
S.wait('one file is left out', function() return S.noted('more.py is left out') end)
S.wait('the others go on', function() return S.noted('wait for you') end)
review = S.text(vim.fn.bufnr('homespun://review'))
S.check('without it', review:find('use.py', 1, true) and S.text(file) == before)
vim.cmd('Homespun review drop')
S.wait('dropped', function() return S.noted('nothing was changed') end)

begin()
vim.cmd('Homespun survey start')
S.wait('at work', at_work)
S.check(
  'files at work are completed',
  vim.deep_equal(completed('refactors cancel-file '), { 'calc.py', 'more.py', 'use.py' })
)
vim.cmd('Homespun refactors cancel-file calc.py')
S.wait('one is done already', function() return S.noted('calc.py is done already') end)
stop()
-- The one that was left, and the one whose review was dropped.
for _ = 1, 2 do
  S.notes, S.picks = {}, { 'rename add' }
  vim.cmd('Homespun refactors drop')
  S.wait('it is forgotten', function() return S.noted('the refactor is dropped') end)
end
vim.cmd('Homespun refactors')
S.wait('none is left', function() return S.noted('no refactor was left before its end') end)
vim.cmd('Homespun refactors drop nothing')
S.wait('one that is not there', function() return S.noted('there is no refactor nothing') end)
vim.cmd('Homespun refactors sing')
S.check('a wrong word', S.noted('it knows list, resume, drop and cancel-file'))
S.done()
