"""The version: written here and nowhere else. Read from here, for the metadata of the installation costs 11 ms."""

__version__ = "0.1.0.dev0"
