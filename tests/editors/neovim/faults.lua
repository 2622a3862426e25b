-- What can go wrong: each ends in a clear message, and Neovim goes on.
local S = dofile(os.getenv('SESSION'))
local before = S.text()

local steps = {}

function steps.missing()
  local told = vim.fn.execute('messages')
  S.check(
    'one message, that says what to do',
    told:find('`homespun` is not on your PATH. Install it', 1, true)
  )
  vim.cmd('edit other.py')
  S.check('and only once', #S.notes == 0)
  vim.cmd('Homespun edit anything')
  S.check('a command says so as well', S.noted('`homespun` is not on your PATH. Install it'))
  vim.cmd('checkhealth homespun')
  S.check('and so does :checkhealth', S.text():find('is not on your PATH', 1, true))
end

function steps.old()
  S.wait(
    'it is told of once',
    function()
      return S.noted('the server (0.0.1) is older than this plugin and cannot')
        and S.noted('pipx upgrade homespun')
    end
  )
  vim.cmd('Homespun explain')
  S.check('what it cannot do says so', S.noted('the server is too old for this'))
  S.check('and leaves nothing behind', #S.virtual('homespun.explain') == 0)
end

function steps.crash()
  local client = S.attached()
  vim.cmd('Homespun explain')
  vim.cmd('Homespun! edit anything')
  S.wait('words come', function() return S.shows('homespun.explain', 'Word 3 ') end)
  local id =
    vim.fn.systemlist({ 'pgrep', '-P', tostring(vim.fn.getpid()), '-f', 'homespun lsp' })[1]
  vim.uv.kill(tonumber(id), 'sigkill')
  S.wait(
    'it is told, and what was lost',
    function()
      return S.noted(
        'the server ended (signal 9) in the middle of its work; nothing of that was changed'
      )
    end
  )
  S.check(
    'the explanation says so',
    S.shows('homespun.explain', 'the server ended before this was whole')
  )
  S.check('the text is as it was', S.text() == before)
  vim.cmd('Homespun restart')
  S.wait('a new one serves', function()
    local now = S.client()
    return now and now.id ~= client.id and now.initialized
  end)
  vim.cmd('Homespun! dismiss')
  vim.cmd('Homespun restart')
  S.wait(
    'a running one is started again as well',
    function() return S.noted('the server is started again') end
  )
  S.wait('and serves', function()
    local now = S.client()
    return now and now.initialized
  end)
  vim.cmd('Homespun explain')
  S.wait('with words', function() return S.shows('homespun.explain', 'Word 3 ') end)
end

function steps.empty()
  S.attached()
  vim.cmd('1,2Homespun edit anything')
  S.wait('a model that answers nothing is told of', function() return S.noted('Homespun: ') end)
  S.check('and nothing is changed', S.text() == before)
end

function steps.special()
  S.attached()
  local function alone(what)
    vim.wait(100, function() return false end)
    S.check(what, S.client() == nil)
  end
  vim.cmd('help')
  alone('not in help')
  vim.cmd('only | edit ' .. vim.fn.getcwd())
  alone('not in netrw')
  vim.cmd('copen')
  alone('not in the quickfix list')
  vim.cmd('terminal')
  alone('not in a terminal')
  vim.cmd('enew | set filetype=python')
  alone('not without a name')
  vim.cmd('Homespun edit anything')
  S.check('which is said', S.noted('this buffer has no name yet. Save it'))
  vim.cmd('file fugitive://somewhere/else.py | doautocmd FileType')
  alone('not elsewhere')
  vim.cmd('edit plain')
  alone('not by itself without a file type')
  vim.fn.writefile({ 'words' }, 'plain')
  vim.cmd('edit!')
  vim.cmd('Homespun! review')
  S.wait('but when it is asked for', function() return S.client() ~= nil end)
end

function steps.words()
  S.attached()
  local known = vim.fn.getcompletion('Homespun ', 'cmdline')
  S.check('sub-commands are completed', vim.list_contains(known, 'explain') and #known == 22)
  S.check(
    'those of review',
    vim.deep_equal(
      vim.fn.getcompletion('Homespun review acc', 'cmdline'),
      { 'accept', 'accept-all', 'accept-file' }
    )
  )
  S.check(
    'those of models',
    vim.list_contains(vim.fn.getcompletion('Homespun models p', 'cmdline'), 'pull')
  )
  vim.cmd('Homespun dance')
  S.check(
    'an unknown one names the known',
    S.noted('there is no `:Homespun dance`. It knows: action, ask, context')
  )
  vim.cmd('Homespun')
  S.check('none does, too', S.noted('what should be done?'))
  vim.cmd('Homespun review dance')
  S.check('so does review', S.noted('there is no `:Homespun review dance`'))
  vim.cmd('Homespun stop')
  S.check('nothing to stop', S.noted('nothing of yours runs'))

  S.picks = { 'scripted/scripted (local, ready' }
  vim.cmd('Homespun model')
  S.wait(
    'a model is chosen',
    function() return S.noted('scripted/scripted (local) serves now.') end
  )
  S.check(
    'names are completed',
    vim.deep_equal(vim.fn.getcompletion('Homespun model scr', 'cmdline'), { 'scripted/scripted' })
  )
  vim.cmd('Homespun model scripted/none')
  S.wait('one that is not there is told of', function() return S.noted('scripted/none') end)
  vim.cmd('Homespun models')
  S.wait(
    'they are listed',
    function() return vim.bo.filetype == 'markdown' and S.text():find('- scripted', 1, true) end
  )
  vim.cmd('close')
  S.notes = {}
  vim.cmd('Homespun models pull')
  S.check('a name is needed', S.noted('name the model'))
  vim.cmd('Homespun models pull scripted/x')
  S.wait('downloading must be allowed', function() return S.noted('is not allowed for') end)
  S.notes, S.picks = {}, { 'Delete it' }
  vim.cmd('Homespun models delete scripted/x')
  S.wait('and deleting', function() return S.noted('is not allowed for') end)
  vim.cmd('Homespun models test')
  S.wait('a model is tested', function() return S.text():find("# The model's test", 1, true) end)
  vim.cmd('close')
  vim.cmd('1,2Homespun context add a docstring')
  S.wait(
    'what would be sent is shown',
    function()
      return S.text():find('calc.py', 1, true) and vim.fn.bufname():find('context.md', 1, true)
    end
  )
  vim.cmd('bdelete')
  vim.cmd('edit calc.py')
  vim.cmd('Homespun log')
  S.wait(
    'the log is shown',
    function()
      return vim.fn.bufname():find('homespun.log', 1, true) or S.noted('nothing is in the log yet')
    end
  )
  vim.cmd('only | edit calc.py')
  vim.cmd('Homespun doctor')
  S.check('the doctor is asked', S.text():find("Homespun: the doctor's checks", 1, true))
  S.check('and knows the model', S.text():find('scripted', 1, true))
  S.check('and the program', S.text():find('homespun, version', 1, true))
  vim.cmd('helptags ' .. os.getenv('PLUGIN') .. '/doc | help :Homespun-edit')
  S.check('the help is there', vim.fn.expand('%:t') == 'homespun.txt')
  for _, name in ipairs({ 'edit', 'explain', 'review-accept', 'stop' }) do
    S.check('mapped: ' .. name, vim.fn.maparg(('<Plug>(homespun-%s)'):format(name), 'n') ~= '')
  end
  S.check(
    'in Visual mode with the range',
    vim.fn.maparg('<Plug>(homespun-edit)', 'x') == ':Homespun edit<CR>'
  )
end

steps[os.getenv('STEP')]()
S.done()
