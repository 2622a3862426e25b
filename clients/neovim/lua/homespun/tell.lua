---What the user is told, and where.
local M = {}

---@param message string
---@param level? integer one of `vim.log.levels`
function M.say(message, level)
  vim.notify('Homespun: ' .. message, level or vim.log.levels.INFO, { title = 'Homespun' })
end

---@param message string
function M.warn(message) M.say(message, vim.log.levels.WARN) end

---An error of the server's: what happened, then what to do next.
---@param failure lsp.ResponseError
function M.fail(failure) M.say(M.failure(failure), vim.log.levels.ERROR) end

---@param failure lsp.ResponseError
---@return string
function M.failure(failure)
  local hint = type(failure.data) == 'table' and failure.data.hint or ''
  return vim.trim(('%s %s'):format(failure.message or 'It failed.', hint))
end

---So many of a thing, in words: '1 file', '3 files'.
---@param number integer
---@param thing string a word that takes an s
---@return string
function M.count(number, thing) return ('%d %s%s'):format(number, thing, number == 1 and '' or 's') end

---Who answered, how much and how fast; '' where no model was asked.
---@param by homespun.AnsweredBy
---@param usage homespun.Usage
---@return string
function M.answered(by, usage)
  if by.model == '' then
    return ''
  end
  local words = { ('%s/%s (%s)'):format(by.provider, by.model, by['local'] and 'local' or 'cloud') }
  if usage.completionTokens > 0 then
    table.insert(words, M.count(usage.completionTokens, 'token'))
  end
  if usage.tokensPerSecond > 0 then
    table.insert(words, ('%.0f a second'):format(usage.tokensPerSecond))
  end
  if usage.seconds > 0 then
    table.insert(words, ('%.1f s'):format(usage.seconds))
  end
  if usage.cost then
    table.insert(words, ('$%.4f'):format(usage.cost))
  end
  return table.concat(words, ', ')
end

---How a change ended, and who answered.
---@param result homespun.EditResult|homespun.RefactorResult
function M.change(result)
  local words = { M.ending(result) }
  if result.summary ~= '' and result.status ~= 'rejected' then
    words[1] = words[1] .. ' ' .. result.summary
  end
  vim.list_extend(words, result.reasons)
  vim.list_extend(words, result.left or {})
  local answered = M.answered(result.answeredBy, result.usage)
  if answered ~= '' then
    table.insert(words, answered)
  end
  local whole = result.status == 'applied' or result.status == 'nothing'
  M.say(table.concat(words, '\n'), whole and vim.log.levels.INFO or vim.log.levels.WARN)
end

---@param result homespun.EditResult
---@return string
function M.ending(result)
  local added, removed = 0, 0
  for _, file in ipairs(result.files) do
    added, removed = added + file.added, removed + file.removed
  end
  local changed = ('changed %s, +%d -%d'):format(M.count(#result.files, 'file'), added, removed)
  return ({
    applied = changed .. '.',
    partly = changed .. '; the rest was left out.',
    rejected = 'nothing was changed.',
    nothing = 'there was nothing to change.',
  })[result.status]
end

---A page of text in a window of its own, which `q` closes.
---@param name string
---@param lines string[]
---@param filetype string
---@return integer buffer
function M.page(name, lines, filetype)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].bufhidden = 'wipe'
  vim.cmd(('botright %dsplit'):format(math.max(5, math.min(#lines + 1, 20))))
  vim.api.nvim_win_set_buf(0, buffer)
  -- A second page of the same name is told apart by its number.
  pcall(vim.api.nvim_buf_set_name, buffer, ('homespun://%d/%s'):format(buffer, name))
  vim.bo[buffer].filetype = filetype
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buffer, nowait = true })
  return buffer
end

return M
