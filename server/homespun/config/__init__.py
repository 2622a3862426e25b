"""Settings: their schema, their layers, their files."""
