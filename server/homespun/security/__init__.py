"""What may leave, what may be written, and what the user agreed to."""
