"""What users write and read: one file a task family, attrs classes only, no I/O.

Each family of params loads with its first name; the answers load together when a client is built.
"""
