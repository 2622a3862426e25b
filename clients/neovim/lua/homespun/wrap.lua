---Text in lines of a given width, as virtual lines need it.
local M = {}

---@param line string
---@param width integer
---@return string head, string rest
local function cut(line, width)
  local used, last_space, index = 0, nil, 0
  local length = vim.fn.strchars(line)
  while index < length do
    local char = vim.fn.strcharpart(line, index, 1)
    used = used + vim.fn.strdisplaywidth(char)
    if used > width then
      break
    end
    if char == ' ' then
      last_space = index
    end
    index = index + 1
  end
  if index == length then
    return line, ''
  end
  local at = last_space and last_space > 0 and last_space or math.max(index, 1)
  local rest = vim.fn.strcharpart(line, at)
  return vim.fn.strcharpart(line, 0, at), last_space and last_space > 0 and vim.trim(rest) or rest
end

---@param text string
---@param width integer in cells
---@return string[]
function M.plain(text, width)
  local lines = {}
  for line in vim.gsplit(text, '\n') do
    local head
    repeat
      head, line = cut(line, width)
      table.insert(lines, head)
    until line == ''
  end
  return lines
end

---Markdown as coloured pieces, one a line, at most `limit` of them; whether there is more.
---@param text string
---@param width integer in cells
---@param limit integer
---@return [string, string][], boolean
function M.markdown(text, width, limit)
  local lines, code = {}, false
  for line in vim.gsplit((text:gsub('%s+$', '')), '\n') do
    local fence = vim.startswith(vim.trim(line), '```')
    local group = (code or fence) and 'HomespunCode'
      or line:match('^#+ ') and 'HomespunTitle'
      or 'HomespunExplanation'
    code = code ~= fence
    for _, part in ipairs(M.plain((line:gsub('\t', '  ')), width)) do
      if #lines == limit then
        return lines, true
      end
      table.insert(lines, { part, group })
    end
  end
  return lines, false
end

return M
