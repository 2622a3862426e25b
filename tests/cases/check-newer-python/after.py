type Point[T] = tuple[T, T]
