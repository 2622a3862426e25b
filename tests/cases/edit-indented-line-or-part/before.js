  go(1)
let a = go(1)
