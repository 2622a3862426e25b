fn f() {
    g();
}
