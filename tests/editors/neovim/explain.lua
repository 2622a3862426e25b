-- Explanations: seen growing, bounded, kept, asked further about, dismissed, stopped.
local S = dofile(os.getenv('SESSION'))
local SPACE = 'homespun.explain'
S.attached()
local function heights(until_)
  local seen, last = 0, -1
  S.wait('it ends: ' .. until_, function()
    local height = #table.concat(S.virtual(SPACE), '')
    if height ~= last then
      seen, last = seen + 1, height
    end
    return S.shows(SPACE, until_)
  end)
  return seen
end

local started = vim.uv.now()
vim.cmd('1,2Homespun explain What is it for?')
S.check('it says at once that it asks', S.shows(SPACE, 'asking the model'))
S.wait('the first words come', function() return S.shows(SPACE, 'Word 1 ') end)
S.check(
  'as virtual lines below the selection',
  (function()
    local id = vim.api.nvim_get_namespaces()[SPACE]
    return vim.api.nvim_buf_get_extmarks(0, id, 0, -1, {})[1][2] == 1
  end)()
)
vim.api.nvim_buf_set_lines(0, 0, 0, false, { '# typed meanwhile' })
S.check('typing goes on', vim.api.nvim_buf_get_lines(0, 0, 1, false)[1] == '# typed meanwhile')
S.check('and it grows', heights('scripted/scripted (local)') > 3)
local seconds = (vim.uv.now() - started) / 1000
local updates = require('homespun.explain').updates()
S.check(
  ('at most twenty updates a second: %d in %.1f s'):format(updates, seconds),
  updates <= 20 * seconds + 3
)
S.check('it is told that there is more', S.shows(SPACE, ':Homespun keep shows the rest'))
S.check(
  'bounded to a part of the window',
  #S.virtual(SPACE) <= vim.api.nvim_win_get_height(0) * 0.6 + 3
)
for _, line in ipairs(S.virtual(SPACE)) do
  S.check('wrapped', vim.fn.strdisplaywidth(line) <= vim.api.nvim_win_get_width(0))
end

vim.cmd('Homespun keep')
S.check('kept whole', S.text():find('Word 150 ', 1, true) and vim.bo.filetype == 'markdown')
S.check('as no file, so with no server', vim.bo.buftype == 'nofile' and S.client() == nil)
vim.cmd('close')

S.inputs = { 'And why?' }
vim.cmd('Homespun ask')
S.wait(
  'a further question is answered',
  function() return S.shows(SPACE, 'Since sums are needed.') end
)
S.check('in the place of the first', not S.shows(SPACE, 'Word 1 '))
local function hover(line)
  local document = { uri = vim.uri_from_bufnr(0) }
  local place = { textDocument = document, position = { line = line, character = 1 } }
  local answer = S.client():request_sync('textDocument/hover', place, 10000, 0)
  return answer and answer.result and answer.result.contents.value or ''
end
S.wait(
  'about the lines where they are by now',
  function() return hover(2):find('sums are needed', 1, true) end
)
S.check('and no others', hover(0) == '')
vim.cmd('Homespun dismiss')
S.check('dismissed', #S.virtual(SPACE) == 0)
vim.cmd('Homespun dismiss')
S.check('there is none any more', S.noted('there is no explanation here'))

vim.cmd('1,2Homespun explain What is it for?')
S.wait('it writes again', function() return S.shows(SPACE, 'Word 3 ') end)
vim.cmd('Homespun keep')
local page = vim.api.nvim_get_current_buf()
S.wait('what is kept goes on growing', function() return S.text(page):find('Word 30 ', 1, true) end)
vim.cmd('close')
vim.cmd('Homespun stop')
S.check('stopped', S.shows(SPACE, '└ stopped'))
S.wait(
  'the model stops, too',
  function() return #require('homespun.status').jobs(S.client().id) == 0 end
)
local length = #table.concat(S.virtual(SPACE), '')
vim.wait(300, function() return false end)
S.check('and no word comes after it', #table.concat(S.virtual(SPACE), '') == length)
vim.cmd('Homespun! dismiss')

S.picks = { 'Explain' }
vim.cmd('2Homespun action Explain')
S.wait('as a code action it is the same', function() return S.shows(SPACE, 'Word 3 ') end)
vim.cmd('Homespun! dismiss')
S.check('dismissing it stops it', #S.virtual(SPACE) == 0)

vim.cmd('1,2Homespun explain say nothing')
S.wait(
  'a model that answers nothing is told of',
  function() return S.noted('The model answered nothing.') end
)
S.check('below the code as well', S.shows(SPACE, 'The model answered nothing. Try again'))
S.done()
