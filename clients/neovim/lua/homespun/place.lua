---Where in the code something is to be done, as the server is told.
local M = {}

---@class homespun.Lines
---@field first integer from 1
---@field last integer

---The document, its version, and a range in it: whole lines, or the cursor where there are none.
---By the version the server follows the range, whatever is typed before the request.
---@param client vim.lsp.Client
---@param lines? homespun.Lines
---@return {textDocument: homespun.TextDocument, range: homespun.Range}
function M.params(client, lines)
  local document = vim.lsp.util.make_text_document_params(0)
  document.version = vim.lsp.util.buf_versions[vim.api.nvim_get_current_buf()]
  if not lines then
    local params = vim.lsp.util.make_range_params(0, client.offset_encoding)
    return { textDocument = document, range = params.range }
  end
  local text = vim.api.nvim_buf_get_lines(0, lines.last - 1, lines.last, false)[1] or ''
  return {
    textDocument = document,
    range = {
      start = { line = lines.first - 1, character = 0 },
      ['end'] = {
        line = lines.last - 1,
        character = vim.str_utfindex(text, client.offset_encoding),
      },
    },
  }
end

---The lines that a command was given, nil for none.
---@param call vim.api.keyset.create_user_command.command_args
---@return homespun.Lines?
function M.lines(call) return call.range > 0 and { first = call.line1, last = call.line2 } or nil end

return M
