-- A change that waits when Neovim is left; the next one is told of it, and applies it.
local S = dofile(os.getenv('SESSION'))
S.attached()
if os.getenv('STEP') == 'ask' then
  vim.cmd('Homespun! edit number them')
  S.wait('it waits', function() return S.noted('wait for you') end)
  if os.getenv('HOLD') then
    io.stdout:write('holding\n')
    S.wait('the other is done', function() return vim.fn.filereadable(os.getenv('HOLD')) == 1 end)
  end
elseif os.getenv('STEP') == 'look' then
  vim.cmd('Homespun review')
  S.wait(
    'another editor that runs keeps its change',
    function() return S.noted('no change waits for you') end
  )
else
  S.wait('it is shown again', function() return S.shows('homespun.review', 'one = 1.0') end)
  vim.cmd('Homespun review apply')
  S.wait('it lands', function() return S.text():find('one = 1.0', 1, true) end)
  S.wait('its end is told', function() return S.noted('Homespun: changed') end)
end
S.done()
