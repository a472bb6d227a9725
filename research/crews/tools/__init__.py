"""What agents may use: search, reading, and the numbered sources that these show."""
