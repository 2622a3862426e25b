function f( {
}

function g() {
  return 1;
}
