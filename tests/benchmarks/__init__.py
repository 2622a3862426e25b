"""How fast Homespun is beside its peers, measured in one run: `make bench`.

Figures from different machines, or from different minutes of one machine, don't compare; ratios of
one run do. So each benchmark measures its peers too, turn by turn where it can. Nothing here passes
or fails.

A benchmark is a module with `run() -> Iterable[Table]`, named in `__main__.py`. The first row of a
table is ours; `compare` in `measure.py` takes the times.
"""
