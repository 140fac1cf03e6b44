select days.day::date as day
from generate_series(timestamp '2000-01-01', timestamp '2049-12-31', interval '1 day') as days (day)
