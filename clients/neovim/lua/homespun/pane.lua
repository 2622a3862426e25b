---A window for a list, below all others.
local M = {}

---A buffer for a list: no file, and closed by `q`.
---@param name string
---@param filetype string
---@return integer
function M.buffer(name, filetype)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_name(buffer, name)
  vim.bo[buffer].filetype = filetype
  vim.bo[buffer].modifiable = false
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buffer, nowait = true })
  return buffer
end

---Show `buffer` in `height` lines, where no window has it; the cursor stays where it is.
---@param buffer integer
---@param height integer
---@return integer window
function M.open(buffer, height)
  local shown = vim.fn.bufwinid(buffer)
  if shown ~= -1 then
    return shown
  end
  local before = vim.api.nvim_get_current_win()
  vim.cmd(('botright %dsplit'):format(height))
  local window = vim.api.nvim_get_current_win()
  vim.api.nvim_win_set_buf(window, buffer)
  vim.wo.number, vim.wo.relativenumber, vim.wo.signcolumn = false, false, 'no'
  vim.wo.winfixheight, vim.wo.wrap = true, false
  vim.api.nvim_set_current_win(before)
  return window
end

---@param buffer integer
---@param space integer the namespace of its colours
---@param lines [string, string?][] each with its highlight group
function M.fill(buffer, space, lines)
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(
    buffer,
    0,
    -1,
    false,
    vim.tbl_map(function(line) return line[1] end, lines)
  )
  vim.bo[buffer].modifiable = false
  vim.api.nvim_buf_clear_namespace(buffer, space, 0, -1)
  for number, line in ipairs(lines) do
    if line[2] then
      vim.api.nvim_buf_set_extmark(buffer, space, number - 1, 0, { line_hl_group = line[2] })
    end
  end
end

return M
