"""One module a feature: convert in, call the engine, convert out."""
