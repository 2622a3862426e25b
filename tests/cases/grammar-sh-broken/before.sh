f() {
  if [ -n "$1" ]; then
    echo a
  fi
}
