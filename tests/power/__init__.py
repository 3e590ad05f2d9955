"""Real power cuts of the real daemon, at seeded moments, judged by the gateway's books and the journal.

`python -m tests.power --stories 200` plays many more than the suite does.
"""
