"""Who owes what after a dinner together."""
