g(f(x));
