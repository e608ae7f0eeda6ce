"""The one cattrs converter: its strict hooks, and its errors with paths."""
