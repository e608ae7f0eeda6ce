"""The synchronous client: one line a method, over one event loop in one daemon thread."""
