"""What goes over the line: bytes in, values out. No loop and no socket.

The only importer of cattrs and msgspec.
"""
