s = 'plain 😀'
t = 1
