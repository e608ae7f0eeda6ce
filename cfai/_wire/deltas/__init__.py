"""Texts that come in pieces: what each piece says, a file a form, and what they add up to."""
