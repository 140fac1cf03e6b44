"""Settings that somebody may have made for a database, a role or a session, and that must change nothing."""

SETTINGS = {
    "DateStyle": "German, DMY",
    "IntervalStyle": "sql_standard",
    "TimeZone": "'Pacific/Kiritimati'",
    "extra_float_digits": "-15",
    "bytea_output": "escape",
    "xmloption": "document",
    "search_path": "pg_temp, public",
    "default_transaction_isolation": "serializable",
    "default_transaction_deferrable": "on",
    "standard_conforming_strings": "off",
    "backslash_quote": "on",
    "array_nulls": "off",
    "transform_null_equals": "on",
    "row_security": "off",
    "plpgsql.variable_conflict": "use_variable",
    "client_encoding": "LATIN1",
    "check_function_bodies": "off",
}
