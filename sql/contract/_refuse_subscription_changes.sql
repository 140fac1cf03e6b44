-- What changes is a range of days: all of a new row, those between the old and the new end, all of a row whose quantity
-- changes. None of them may be in a period that a numbered invoice bills.
create or replace function billing._refuse_subscription_changes()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select i.line, changes.column_name, changes.value, billing._billed_by(i.customer_id, changes.days)
    from billing._incoming_subscriptions() as i
    left join billing.subscriptions as s using (customer_id, plan_id, starts_on)
    cross join lateral (
        values
        ('starts_on', i.starts_on::text, s.subscription_id is null, daterange(i.starts_on, i.ends_on)),
        ('quantity', i.quantity::text, s.quantity <> i.quantity, daterange(
            i.starts_on,
            case when s.ends_on is not null and i.ends_on is not null then greatest(s.ends_on, i.ends_on) end
        )),
        ('ends_on', i.ends_on::text, s.subscription_id is not null and s.ends_on is distinct from i.ends_on, daterange(
            least(s.ends_on, i.ends_on),
            case when s.ends_on is not null and i.ends_on is not null then greatest(s.ends_on, i.ends_on) end
        ))
    ) as changes (column_name, value, is_change, days)
    where changes.is_change and billing._billed_by(i.customer_id, changes.days) is not null;
end;
$$;

comment on function billing._refuse_subscription_changes ()
is 'Refuses subscriptions and changes of them that would alter days already billed, naming the invoice.';
