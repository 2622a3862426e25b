if vim.g.loaded_homespun then
  return
end
vim.g.loaded_homespun = true

vim.api.nvim_create_user_command(
  'Homespun',
  function(call) require('homespun.command').run(call) end,
  {
    desc = 'Edits and explanations from your own model',
    nargs = '*',
    range = true,
    bang = true,
    complete = function(lead, line) return require('homespun.command').complete(lead, line) end,
  }
)

-- Neovim passes over a server whose program is missing without a word.
vim.api.nvim_create_autocmd('FileType', {
  desc = 'Tell where the program `homespun` is missing',
  callback = function(event)
    local enabled = vim.lsp.is_enabled and vim.lsp.is_enabled('homespun')
    if enabled and require('homespun.client').fits(event.buf) then
      require('homespun.client').warn_if_missing()
      return true -- once is enough
    end
  end,
})

for group, link in pairs({
  HomespunAdded = 'DiffAdd',
  HomespunRemoved = 'DiffDelete',
  HomespunLeft = 'Comment',
  HomespunRefused = 'DiagnosticWarn',
  HomespunExplanation = 'Normal',
  HomespunCode = 'String',
  HomespunTitle = 'Title',
  HomespunFooter = 'Comment',
}) do
  vim.api.nvim_set_hl(0, group, { default = true, link = link })
end

---`<Plug>` maps: each name is `:Homespun`'s words, joined by `-`. `:` in Visual mode brings the range.
local maps = {
  nx = { 'edit', 'fix', 'explain', 'action' },
  n = {
    'ask',
    'keep',
    'dismiss',
    'stop',
    'undo',
    'history',
    'model',
    'review',
    'review-accept',
    'review-reject',
    'review-accept-file',
    'review-reject-file',
    'review-accept-all',
    'review-reject-all',
    'review-next',
    'review-prev',
    'review-diff',
    'review-apply',
    'review-drop',
    'refactor',
    'refactors',
    'survey',
  },
}
for modes, names in pairs(maps) do
  for _, name in ipairs(names) do
    local command = (':Homespun %s<CR>'):format((name:gsub('-', ' ', 1)))
    for mode in modes:gmatch('.') do
      local rhs = mode == 'n' and '<Cmd>' .. command:sub(2) or command
      vim.keymap.set(mode, ('<Plug>(homespun-%s)'):format(name), rhs, { silent = true })
    end
  end
end
