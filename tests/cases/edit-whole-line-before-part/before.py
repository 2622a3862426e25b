x = 1
max_x = 1
