g(f(y));
