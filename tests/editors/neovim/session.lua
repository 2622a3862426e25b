-- What the scripts share: a user who answers questions by what was set down for it, and checks.
local S = {
  notes = {}, -- what was told
  inputs = {}, -- what is typed at the next questions
  picks = {}, -- words of what is picked at the next choices
  offered = {}, -- what the choices were, the latest last
}

vim.notify = function(message) table.insert(S.notes, message) end
vim.ui.input = function(options, on_confirm)
  table.insert(S.offered, { options.prompt })
  on_confirm(table.remove(S.inputs, 1))
end
vim.ui.select = function(items, options, on_choice)
  local shown = vim.tbl_map(options.format_item or tostring, items)
  table.insert(S.offered, shown)
  local pick = table.remove(S.picks, 1)
  for number, text in ipairs(shown) do
    if pick and text:find(pick, 1, true) then
      return on_choice(items[number], number)
    end
  end
  on_choice(nil)
end

function S.fail(name)
  io.stdout:write(('FAILED %s\n%s\n%s\n'):format(name, table.concat(S.notes, '\n'), S.text()))
  os.exit(1)
end

function S.check(name, ok)
  if not ok then
    S.fail(name)
  end
  io.stdout:write('ok ', name, '\n')
end

function S.wait(name, test) S.check(name, vim.wait(60000, test, 10)) end

function S.text(buffer)
  return table.concat(vim.api.nvim_buf_get_lines(buffer or 0, 0, -1, false), '\n')
end

function S.noted(words)
  return vim.iter(S.notes):any(function(note) return note:find(words, 1, true) ~= nil end)
end

function S.client() return vim.lsp.get_clients({ name = 'homespun', bufnr = 0 })[1] end

function S.attached()
  S.wait('the server is attached', function()
    local client = S.client()
    return client ~= nil and client.initialized
  end)
  return S.client()
end

---The virtual lines of a buffer, as text.
function S.virtual(space, buffer)
  local lines = {}
  local id = vim.api.nvim_get_namespaces()[space]
  for _, mark in
    ipairs(id and vim.api.nvim_buf_get_extmarks(buffer or 0, id, 0, -1, { details = true }) or {})
  do
    for _, line in ipairs(mark[4].virt_lines or {}) do
      table.insert(lines, table.concat(vim.tbl_map(function(part) return part[1] end, line)))
    end
  end
  return lines
end

function S.shows(space, words, buffer)
  return table.concat(S.virtual(space, buffer), '\n'):find(words, 1, true) ~= nil
end

function S.done()
  io.stdout:write('all done\n')
  vim.cmd('qall!')
end

return S
