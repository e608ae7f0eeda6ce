"""Where the bytes of a medium come from, and the body of a request as parts."""
