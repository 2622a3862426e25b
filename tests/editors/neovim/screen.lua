-- A user's configuration, with a status line that says what goes on.
vim.opt.runtimepath:prepend(assert(os.getenv('PLUGIN')))
vim.o.number = true
vim.o.cmdheight = 2
vim.o.laststatus = 3
vim.o.termguicolors = true
vim.o.swapfile = false
vim.o.statusline = ' %f %m%=%{v:lua.require("homespun").statusline()}  %l,%c '
vim.lsp.enable('homespun')
