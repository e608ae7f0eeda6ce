"""cfai inside of other people's engines; each module needs its own extra, and nothing of cfai imports them."""
