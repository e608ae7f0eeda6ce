"""The API forms in which text comes as events, a file a form."""
