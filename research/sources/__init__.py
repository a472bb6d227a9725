"""Where crews find and read things on the web: search engines, their merging, pages, and limits."""
