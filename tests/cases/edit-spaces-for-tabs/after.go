func f() {
	if x {
		log()
		for {
			break
		}
		return
	}
}
