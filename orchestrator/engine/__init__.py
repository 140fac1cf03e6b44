"""The SQL functions of the engine, one method each, in the rooms of sql/: from nowhere else is SQL spoken."""
