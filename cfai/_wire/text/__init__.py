"""Generated text: whole answers and events of each API form, and what the events add up to."""
