create or replace function billing._difference_note(
    p_corrects text,
    p_is_late boolean,
    p_period_start date,
    p_period_end date
)
returns text
language sql
stable
parallel safe
security invoker
return case
    when p_corrects is not null
        then format(', correction of %s (%s)', billing.days_text(p_period_start, p_period_end), p_corrects)
    when p_is_late then format(', late usage of %s', billing.days_text(p_period_start, p_period_end))
    else ''
end;

comment on function billing._difference_note (text, boolean, date, date)
is 'What a line adds that bills a difference: of which service period, and the invoice that it corrects; null where usage came late.';
