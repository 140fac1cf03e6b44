create or replace function billing._refuse_tax_rate_changes()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select i.line, changes.column_name, changes.value, reasons.expected
    from billing._incoming_tax_rates() as i
    inner join billing.tax_rates as t using (tax_rate_id)
    cross join lateral (
        values
        ('rate', i.rate::text, i.rate <> t.rate, daterange(
            t.valid_from,
            case when t.valid_to is not null and i.valid_to is not null then greatest(t.valid_to, i.valid_to) end
        )),
        ('name', i.name, i.name <> t.name, daterange(
            t.valid_from,
            case when t.valid_to is not null and i.valid_to is not null then greatest(t.valid_to, i.valid_to) end
        )),
        ('valid_to', i.valid_to::text, i.valid_to is distinct from t.valid_to, daterange(
            least(t.valid_to, i.valid_to),
            case when t.valid_to is not null and i.valid_to is not null then greatest(t.valid_to, i.valid_to) end
        ))
    ) as changes (column_name, value, is_change, days)
    cross join lateral billing._taxed_by(i.country, i.region, changes.days) as reasons (expected)
    where changes.is_change and reasons.expected is not null;
end;
$$;

comment on function billing._refuse_tax_rate_changes ()
is 'Refuses changes of a tax rate for days on which a numbered invoice was taxed with it, naming the invoice.';
