BEGIN_TESTS()
int f() { return 1; }
