"""pgbilling: the thin Python side of a billing engine that lives in PostgreSQL."""
