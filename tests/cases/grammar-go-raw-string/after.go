package a

var s = `{ ( [`
