create or replace function billing._event_expectation(p_column_name text, p_value text)
returns text
language sql
immutable
parallel safe
security invoker
return case
    when p_column_name in ('event_id', 'metric') and billing.code_problem(p_value) is not null
        then billing.code_problem(p_value)
    when p_column_name = 'event_id' then 'a name of 1 to 255 characters without control characters'
    when p_column_name = 'account_number' then 'the account number of a customer'
    when p_column_name = 'metric' then 'a name of 1 to 100 characters without control characters'
    when p_column_name = 'quantity' then 'a decimal of 0 or more with at most 6 decimals, below 1,000,000,000,000,000'
    when p_column_name = 'properties' then 'JSON'
    when billing.is_timestamp(p_value || 'Z') then 'an offset from UTC, such as 2026-02-03T10:00:00+01:00 or …Z'
    else 'an ISO 8601 time of 1970 to 2199 with its offset, such as 2026-02-03T10:00:00+01:00'
end;

comment on function billing._event_expectation (text, text)
is 'What a column of an event must be, in the words of a message to the sender.';
