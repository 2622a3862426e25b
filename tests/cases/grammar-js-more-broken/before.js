const a = ;

function g() {
  return 1;
}
