"""Params or a mapping become a `Request`: the fields, their values and layout, the headers, the path."""
