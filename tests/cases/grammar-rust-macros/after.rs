fn f() {
    vec![1, 2; 3];
    println!("{}", '{');
    g();
}
