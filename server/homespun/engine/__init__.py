"""The use cases; knows no editor and no server."""
