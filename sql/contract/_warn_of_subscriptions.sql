-- After the rows are written. A day that is typed wrong is told once, when the row is new or changed (written by this
-- transaction); rows that bill the same days twice are told as often as they are loaded.
create or replace function billing._warn_of_subscriptions()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_warnings (file, line, column_name, value, warning)
    select
        'subscriptions.csv',
        i.line,
        'ends_on',
        i.ends_on::text,
        format('the first day that is not billed; if it is the last that is, write %s', i.ends_on + 1)
    from billing._incoming_subscriptions() as i
    inner join billing.subscriptions as s using (customer_id, plan_id, starts_on)
    where
        extract(day from i.ends_on + 1) = 1
        and i.ends_on > i.starts_on
        and now() in (s.created_at, s.updated_at);

    insert into pg_temp.incoming_warnings (file, line, column_name, value, warning)
    with pairs as materialized (
        select * from billing.overlapping_subscriptions('(,)')
    )

    select
        'subscriptions.csv',
        i.line,
        'starts_on',
        i.starts_on::text,
        format(
            'account %s has %s already %s, and both are billed. End that one? (ends_on = starts_on takes a row back)',
            customers.account_number,
            i.plan_code,
            billing.until_text(pairs.earlier_starts_on, pairs.earlier_ends_on)
        )
    from pairs
    inner join billing._incoming_subscriptions() as i
        on
            pairs.customer_id = i.customer_id
            and pairs.plan_id = i.plan_id
            and pairs.later_starts_on = i.starts_on
    inner join billing.customers on pairs.customer_id = customers.customer_id;
end;
$$;

comment on function billing._warn_of_subscriptions ()
is 'Warns of staged subscriptions that end on the last day of a month, or bill a flat plan that is billed already.';
