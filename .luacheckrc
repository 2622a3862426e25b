std = 'luajit'
read_globals = { 'vim' }
max_line_length = false -- StyLua sees to it
max_comment_line_length = false
ignore = { '122' } -- vim.o and its kin are written to
