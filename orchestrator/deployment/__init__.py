"""A database brought to what migrations/, sql/ and dbt_billing/ say, and compared with it."""
