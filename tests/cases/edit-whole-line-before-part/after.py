x = 2
max_x = 1
