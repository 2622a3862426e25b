f() {
  echo a
}
