"""Talking to models; the only place that opens a socket."""
