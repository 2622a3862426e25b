-- A user's whole configuration.
vim.opt.runtimepath:prepend(assert(os.getenv('PLUGIN')))
vim.lsp.enable('homespun')
