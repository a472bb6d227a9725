"""What people and programs reach: pages, API, admin, commands, and the guard before them."""
