"""What `scripts/bench` measures: sections, each thing beside its floor or a peer in the same run.

A section is a module with `measure(effort, tell)`, which gives rows, and a line in `sections.py`.  Rounds of
ours and of what stands beside it take turns, so that whatever else the machine does falls on both.
"""
