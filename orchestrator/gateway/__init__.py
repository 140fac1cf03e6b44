"""Providers of payments, at the edge: the port, an adapter each, and what is done with them."""
