"""A response that refuses becomes an error: one table of codes, the body's shapes, the service's wording."""
