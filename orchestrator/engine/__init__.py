"""The SQL functions of the engine, one method each with the rows it returns, and the connections they are called on."""
