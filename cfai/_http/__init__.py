"""The only importer of aiohttp in the core: one request is sent, and its response comes back."""
