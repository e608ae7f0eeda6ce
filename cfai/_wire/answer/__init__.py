"""A `Response` becomes an answer: what kind of body it has, the union of all shapes, a reader a family.

A reader takes the wire's shapes apart and hands plain mappings of our own field names to the converter. It raises
`Misfit` with a path where a result is not what it has to be.
"""
