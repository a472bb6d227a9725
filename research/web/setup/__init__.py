"""Setting the site up: what crews work with, and the page where administrators give it more."""
