"""Files of strangers, read in processes of their own that are held to limits."""
