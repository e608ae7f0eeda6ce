"""The API forms in which a text comes, whole and as events: a file a form, and the one table of them."""
