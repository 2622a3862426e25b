if (a === b) {
}
