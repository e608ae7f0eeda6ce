"""From a decoded `result` to an answer: one file a family, each registered with the one converter.

A reader takes the wire's shapes apart and hands plain mappings of our own field names to the converter. It raises
`Misfit` with a path where a result is not what it has to be.
"""
