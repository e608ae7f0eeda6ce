"""Whole answers as streams of events, a file a form (docs/wire.md 4).

Each makes its events of the whole answer, so that what a stream says is what the same request gets without one.
"""
