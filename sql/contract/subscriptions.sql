create or replace function billing._incoming_subscriptions()
returns table (
    line bigint,
    customer_id bigint,
    plan_id bigint,
    plan_code text,
    currency text,
    metric_id integer,
    quantity numeric,
    starts_on date,
    ends_on date
)
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    good.line,
    customers.customer_id,
    pricing_plans.plan_id,
    pricing_plans.plan_code,
    pricing_plans.currency,
    pricing_plans.metric_id,
    coalesce(given.quantity, 1) as quantity,
    given.starts_on,
    given.ends_on
from billing._good_rows() as good
cross join lateral jsonb_to_record(good.fields) as given (
    account_number text, plan_code text, quantity numeric, starts_on date, ends_on date
)
inner join billing.customers using (account_number)
inner join billing.pricing_plans using (plan_code)
$$;

comment on function billing._incoming_subscriptions () is 'The good rows of the staged subscriptions.csv, typed.';

create or replace function billing._check_subscriptions()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['account_number', 'plan_code', 'starts_on']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        good.line,
        rules.column_name,
        rules.value,
        rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        account_number text, plan_code text, quantity text, starts_on text, ends_on text
    )
    left join billing.customers on given.account_number = customers.account_number
    left join billing.pricing_plans on given.plan_code = pricing_plans.plan_code
    cross join lateral (
        values
        ('account_number', given.account_number, 'an account of customers.csv', customers.customer_id is not null),
        ('plan_code', given.plan_code, 'a plan of plans.csv', pricing_plans.plan_id is not null),
        ('plan_code', given.plan_code, format('a plan in %s, the currency of the customer', customers.currency),
            coalesce(pricing_plans.currency = customers.currency, true)),
        ('quantity', given.quantity, 'a number above 0, or nothing for 1',
            given.quantity is null or (billing.is_decimal(given.quantity) and given.quantity ~ '[1-9]')),
        ('starts_on', given.starts_on, 'a date such as 2026-02-28', billing.is_date(given.starts_on)),
        ('ends_on', given.ends_on, 'a date such as 2026-02-28, or nothing while it is open',
            given.ends_on is null or billing.is_date(given.ends_on)),
        ('ends_on', given.ends_on, format('no day before it starts, %s', given.starts_on),
            not billing.is_date(given.ends_on) or not billing.is_date(given.starts_on)
            or given.ends_on collate "C" >= given.starts_on)
    ) as rules (column_name, value, expected, is_met)
    where rules.is_met is not true;
end;
$$;

comment on function billing._check_subscriptions ()
is 'Finds what is wrong with the staged subscriptions.csv, row by row.';

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
    select
        incoming.line,
        changes.column_name,
        changes.value,
        reasons.expected
    from billing._incoming_subscriptions() as incoming
    left join billing.subscriptions as stored using (customer_id, plan_id, starts_on)
    cross join lateral (
        select
            daterange(incoming.starts_on, incoming.ends_on) as coming,
            case
                when stored.subscription_id is not null then daterange(stored.starts_on, stored.ends_on)
            end as standing
    ) as days
    cross join lateral (
        values
        ('starts_on', incoming.starts_on::text, stored.subscription_id is null, days.coming),
        ('quantity', incoming.quantity::text, stored.quantity <> incoming.quantity, days.coming + days.standing),
        ('ends_on', incoming.ends_on::text, days.coming <> days.standing,
            (days.coming + days.standing) - (days.coming * days.standing))
    ) as changes (column_name, value, is_change, days)
    cross join lateral billing._billed_by(incoming.customer_id, changes.days) as reasons (expected)
    where changes.is_change and reasons.expected is not null;
end;
$$;

comment on function billing._refuse_subscription_changes ()
is 'Refuses subscriptions and changes of them that would alter days already billed, naming the invoice.';

-- Numbered invoices that are not void are history; what they were computed from must not change under them.
create or replace function billing._billed_by(p_customer_id bigint, p_days daterange)
returns text
language sql
stable
parallel safe
security invoker
set search_path = pg_catalog, pg_temp
as $$
select format('no change to billed days: %s bills %s', invoice_number, to_char(period_start, 'YYYY-MM'))
from billing.invoices
where
    customer_id = p_customer_id
    and invoice_number is not null
    and billing.counts_as_billed(status, waived_on)
    and daterange(period_start, period_end) && p_days
order by period_start desc
limit 1;
$$;

comment on function billing._billed_by (bigint, daterange)
is 'The reason why days of a customer cannot change, naming the latest invoice that bills one of them; null: none does.';

-- Two usage subscriptions of a customer for one metric would both be billed the same usage. Compares what will be
-- stored: the rows of the file and the stored rows it does not name.
create or replace function billing._refuse_overlapping_subscriptions()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    loop -- a row that is refused leaves the stored one standing, which the others may overlap
        insert into pg_temp.incoming_problems (line, column_name, value, expected)
        with incoming as (
            select * from billing._incoming_subscriptions()
            where metric_id is not null
        ),

        standing as (
            select
                line,
                customer_id,
                plan_code,
                metric_id,
                starts_on,
                ends_on
            from incoming
            union all
            select
                null,
                stored.customer_id,
                pricing_plans.plan_code,
                stored.metric_id,
                stored.starts_on,
                stored.ends_on
            from billing.subscriptions as stored
            inner join billing.pricing_plans using (plan_id)
            where
                stored.customer_id in (select customer_id from incoming)
                and (stored.customer_id, stored.plan_id, stored.starts_on)
                not in (select customer_id, plan_id, starts_on from incoming)
        )

        select distinct on (incoming.line)
            incoming.line,
            'starts_on',
            incoming.starts_on::text,
            format(
                'no other usage subscription for %s at the time: %s %s%s',
                metrics.metric,
                other.plan_code,
                billing.until_text(other.starts_on, other.ends_on),
                ' (line ' || other.line || ')'
            )
        from incoming
        inner join standing as other using (customer_id, metric_id)
        inner join billing.metrics using (metric_id)
        where
            (other.line is null or other.line < incoming.line)
            and daterange(incoming.starts_on, incoming.ends_on) && daterange(other.starts_on, other.ends_on)
        order by incoming.line, other.line nulls first;
        exit when not found;
    end loop;
end;
$$;

comment on function billing._refuse_overlapping_subscriptions ()
is 'Refuses a second usage subscription of a customer for a metric at the same time, naming the other one.';

-- Idempotent by (customer, plan, starts_on). Ends are first drawn in and then drawn out, so that a change of plan that
-- moves a border between two rows never makes them overlap on the way.
create or replace function billing.load_subscriptions(p_skip_bad boolean)
returns table (
    added bigint,
    changed bigint,
    unchanged bigint,
    bad bigint
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_subscriptions();
    perform billing._refuse_subscription_changes();
    perform billing._refuse_overlapping_subscriptions();
    bad := (select count(distinct line) from pg_temp.incoming_problems);
    if bad > 0 and not p_skip_bad then
        return next;
        return;
    end if;
    create temporary table changing_subscriptions on commit drop as
    select
        stored.subscription_id,
        incoming.quantity,
        incoming.ends_on
    from billing._incoming_subscriptions() as incoming
    inner join billing.subscriptions as stored using (customer_id, plan_id, starts_on)
    where (stored.quantity, stored.ends_on) is distinct from (incoming.quantity, incoming.ends_on);
    update billing.subscriptions as stored
    set ends_on = least(stored.ends_on, changing.ends_on)
    from pg_temp.changing_subscriptions as changing
    where stored.subscription_id = changing.subscription_id;
    update billing.subscriptions as stored
    set
        quantity = changing.quantity,
        ends_on = changing.ends_on,
        updated_at = now()
    from pg_temp.changing_subscriptions as changing
    where stored.subscription_id = changing.subscription_id;
    get diagnostics changed = row_count;
    drop table pg_temp.changing_subscriptions;
    insert into billing.subscriptions (customer_id, plan_id, currency, metric_id, quantity, starts_on, ends_on)
    select
        incoming.customer_id,
        incoming.plan_id,
        incoming.currency,
        incoming.metric_id,
        incoming.quantity,
        incoming.starts_on,
        incoming.ends_on
    from billing._incoming_subscriptions() as incoming
    left join billing.subscriptions as stored using (customer_id, plan_id, starts_on)
    where stored.subscription_id is null
    order by incoming.customer_id, incoming.plan_code, incoming.starts_on;
    get diagnostics added = row_count;
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    perform billing._warn_of_subscriptions();
    return next;
end;
$$;

comment on function billing.load_subscriptions (boolean)
is 'Loads the staged subscriptions.csv: adds, changes, or leaves alone. Nothing changes if file_problems() has any and p_skip_bad is false.';

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
        incoming.line,
        'ends_on',
        incoming.ends_on::text,
        format('the first day that is not billed; if it is the last that is, write %s', incoming.ends_on + 1)
    from billing._incoming_subscriptions() as incoming
    inner join billing.subscriptions as stored using (customer_id, plan_id, starts_on)
    where
        extract(day from incoming.ends_on + 1) = 1
        and incoming.ends_on > incoming.starts_on
        and now() in (stored.created_at, stored.updated_at);

    insert into pg_temp.incoming_warnings (file, line, column_name, value, warning)
    with pairs as materialized (
        select * from billing.overlapping_subscriptions('(,)')
    )

    select
        'subscriptions.csv',
        incoming.line,
        'starts_on',
        incoming.starts_on::text,
        format(
            'account %s has %s already %s, and both are billed. End that one? (ends_on = starts_on takes a row back)',
            customers.account_number,
            incoming.plan_code,
            billing.until_text(pairs.earlier_starts_on, pairs.earlier_ends_on)
        )
    from pairs
    inner join billing._incoming_subscriptions() as incoming
        on
            pairs.customer_id = incoming.customer_id
            and pairs.plan_id = incoming.plan_id
            and pairs.later_starts_on = incoming.starts_on
    inner join billing.customers on pairs.customer_id = customers.customer_id;
end;
$$;

comment on function billing._warn_of_subscriptions ()
is 'Warns of staged subscriptions that end on the last day of a month, or bill a flat plan that is billed already.';
