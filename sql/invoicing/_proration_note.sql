create or replace function billing._proration_note(
    p_days text,
    p_unused_from date,
    p_period_start date,
    p_period_end date
)
returns text
language sql
stable
parallel safe
security invoker
return case
    when p_unused_from is not null
        then format(', unused time of %s', billing.days_text(p_unused_from, p_period_end))
    when p_days is null then ', proration taken back'
    else format(
        ', %s of %s days in %s',
        split_part(p_days, '/', 1),
        split_part(p_days, '/', 2),
        billing.days_text(p_period_start, p_period_end)
    )
end;

comment on function billing._proration_note (text, date, date, date)
is 'What a line of a proration says of its days, a/d of the service period (null: it is not owed any more); or what is unused of it, from a day on.';
