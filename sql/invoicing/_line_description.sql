create or replace function billing._line_description(
    p_kind text,
    p_charge_kind text,
    p_charge text,
    p_tier text,
    p_period_start date,
    p_period_end date
)
returns text
language sql
stable
parallel safe
security invoker
return p_charge
|| case
    when p_charge_kind = 'proration' then format(
        ', %s of %s days in %s',
        split_part(p_tier, '/', 1),
        split_part(p_tier, '/', 2),
        billing.days_text(p_period_start, p_period_end)
    )
    else ''
end
|| case p_kind
    when 'late_usage' then ', late usage of ' || billing.days_text(p_period_start, p_period_end)
    when 'correction' then ', correction of ' || billing.days_text(p_period_start, p_period_end)
    else ''
end;

comment on function billing._line_description (text, text, text, text, date, date)
is 'What an invoice line says, in English: the charge, the days of a proration, the service period of what is late or corrected.';
