s = 'naïve — 😀'
t = 1
