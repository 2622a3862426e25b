-- The plugin's functions that need no server.
local S = dofile(os.getenv('SESSION'))
local wrap, tell = require('homespun.wrap'), require('homespun.tell')
local function same(name, found, wanted)
  if not vim.deep_equal(found, wanted) then
    S.fail(('%s: %s instead of %s'):format(name, vim.inspect(found), vim.inspect(wanted)))
  end
end

same('words are kept whole', wrap.plain('one two three', 8), { 'one two', 'three' })
same('a long word is cut', wrap.plain('abcdefgh', 3), { 'abc', 'def', 'gh' })
same('wide characters count as two cells', wrap.plain('日本語', 4), { '日本', '語' })
same('one that does not fit stands alone', wrap.plain('日本', 1), { '日', '本' })
same('blank lines stay', wrap.plain('a\n\nb', 9), { 'a', '', 'b' })
same('indentation stays', wrap.plain('    code', 20), { '    code' })
for _ = 1, 200 do
  local words = {}
  for _ = 1, math.random(1, 20) do
    table.insert(words, (('xé日'):rep(math.random(1, 4)):sub(1, -1)))
  end
  local text, width = table.concat(words, ' '), math.random(2, 30)
  local lines = wrap.plain(text, width)
  for _, line in ipairs(lines) do
    S.check('no line is too wide', vim.fn.strdisplaywidth(line) <= width)
  end
  same('nothing is lost', (table.concat(lines):gsub(' ', '')), (text:gsub(' ', '')))
end

local markdown = '# Title\n\nText.\n```lua\nlocal x\n```\n'
local lines, more = wrap.markdown(markdown, 40, 20)
same('each line has its colour', vim.tbl_map(function(line) return line[2] end, lines), {
  'HomespunTitle',
  'HomespunExplanation',
  'HomespunExplanation',
  'HomespunCode',
  'HomespunCode',
  'HomespunCode',
})
same('all of it', more, false)
lines, more = wrap.markdown(markdown, 40, 2)
same('or as much as fits', { #lines, more }, { 2, true })

same('one of a thing', tell.count(1, 'file'), '1 file')
same('none of it', tell.count(0, 'file'), '0 files')

local by = { provider = 'ollama', model = 'qwen', ['local'] = true }
local usage = { completionTokens = 12, tokensPerSecond = 34, seconds = 1.5, cost = 0.5 }
same(
  'who answered',
  tell.answered(by, usage),
  'ollama/qwen (local), 12 tokens, 34 a second, 1.5 s, $0.5000'
)
by = { provider = '', model = '', ['local'] = true }
same('nobody did', tell.answered(by, usage), '')
same(
  'a failure with its next step',
  tell.failure({ message = 'It broke.', data = { hint = 'Mend it.' } }),
  'It broke. Mend it.'
)
same('one without', tell.failure({ message = 'It broke.', data = vim.NIL }), 'It broke.')

local status = require('homespun.status')
status.note(7, { id = 'a', stage = 'writing', tokens = 1, tokensPerSecond = 2 })
same('jobs are known while they run', status.jobs(7), { 'a' })
status.note(7, { id = 'a', stage = 'done', tokens = 1, tokensPerSecond = 2 })
same('and no longer', status.jobs(7), {})
S.done()
