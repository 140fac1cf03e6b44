"""How amounts, dates and names read."""
