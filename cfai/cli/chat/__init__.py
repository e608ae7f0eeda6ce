"""A conversation in a terminal: its history, its input, its commands."""
