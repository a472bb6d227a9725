"""Plain text in and out: made fit to be stored, without secrets, and sums as people write them."""
