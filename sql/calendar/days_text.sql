create or replace function billing.days_text(p_start date, p_end date)
returns text
language sql
stable
parallel safe
security invoker
return case
    when extract(day from p_start) = 1 and p_end = billing.billing_period_end(p_start)
        then to_char(p_start, 'FMMonth YYYY')
    when p_end = p_start + 1 then to_char(p_start, 'FMDD FMMonth YYYY')
    when extract(year from p_start) = extract(year from p_end - 1)
        then to_char(p_start, 'FMDD FMMonth') || ' – ' || to_char(p_end - 1, 'FMDD FMMonth YYYY')
    else to_char(p_start, 'FMDD FMMonth YYYY') || ' – ' || to_char(p_end - 1, 'FMDD FMMonth YYYY')
end;

comment on function billing.days_text (date, date)
is 'Days from p_start until before p_end in English: February 2026, or 15 January – 14 February 2026.';
