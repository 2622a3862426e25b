---Edits and explanations from the user's own model. Nothing needs to be set up:
---`vim.lsp.enable('homespun')`, then `:Homespun`.
local M = {}

---What goes on, for a status line: model, local or cloud, stage and speed.
---@return string
function M.statusline() return require('homespun.status').line() end

---As `:Homespun {words}` on `lines`, for mappings of one's own.
---@param words string
---@param lines? homespun.Lines
function M.run(words, lines)
  local range = lines and ('%d,%d'):format(lines.first, lines.last) or ''
  vim.cmd(('%sHomespun %s'):format(range, words))
end

return M
