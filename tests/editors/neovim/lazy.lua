-- What lazy.nvim does with a plugin that is not lazy, in its order: the folder of the specification
-- in front of the runtime path, its plugin files, then `config`.
local spec = dofile(os.getenv('SPEC'))
assert(spec.lazy == false and spec.name == 'homespun')
local folder = vim.fs.normalize(spec.dir)
vim.opt.runtimepath:prepend(folder)
for _, file in ipairs(vim.fn.glob(folder .. '/plugin/*.lua', false, true)) do
  vim.cmd.source(file)
end
spec.config()
