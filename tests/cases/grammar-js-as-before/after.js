function f( {
}

function g() {
  return 2;
}
