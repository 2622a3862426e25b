"""The demo: the real server, a small real project, and a scripted model where there is no other."""
