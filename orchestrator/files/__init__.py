"""Files in: catalogs, events and what is wrong with them."""
