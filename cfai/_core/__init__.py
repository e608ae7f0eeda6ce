"""The asynchronous client: calls, their attempts and retries, streams."""
