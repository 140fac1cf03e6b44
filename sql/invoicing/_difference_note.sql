create or replace function billing._difference_note(
    p_kind text,
    p_corrects text,
    p_period_start date,
    p_period_end date
)
returns text
language sql
stable
parallel safe
security invoker
return case p_kind
    when 'late_usage' then format(', late usage of %s', billing.days_text(p_period_start, p_period_end))
    when 'correction'
        then format(', correction of %s (%s)', billing.days_text(p_period_start, p_period_end), p_corrects)
    else ''
end;

comment on function billing._difference_note (text, text, date, date)
is 'What a line adds that bills a difference: of which service period, and which invoice billed it before.';
