-- Rows with a code are phases of one subscription, others a subscription each, named by plan and first day.
-- subscription_line, the first line of each, names it within the file. A phase without days is nothing where others
-- have some; where none has, the earliest stands for them. Long for its columns.
create or replace function billing._incoming_phases()
returns table (
    line bigint,
    subscription_line bigint,
    subscription_id bigint,
    customer_id bigint,
    subscription text,
    plan_id bigint,
    plan_code text,
    currency text,
    metric_id integer,
    interval_months integer,
    billed_in text,
    quantity numeric,
    starts_on date,
    ends_on date,
    anchor_on date,
    is_trial boolean,
    prices_as_of date
)
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
with given as (
    select
        good.line,
        customers.customer_id,
        customers.currency,
        pricing_plans.plan_id,
        pricing_plans.plan_code,
        pricing_plans.metric_id,
        pricing_plans.interval_months,
        pricing_plans.billed_in,
        cells.subscription,
        coalesce(cells.quantity, 1) as quantity,
        cells.starts_on,
        cells.ends_on,
        cells.anchor_on,
        coalesce(cells.is_trial, false) as is_trial,
        cells.prices_as_of,
        case when cells.subscription is null then pricing_plans.plan_id end as named_plan_id,
        case when cells.subscription is null then cells.starts_on end as named_starts_on,
        cells.ends_on is not distinct from cells.starts_on as is_empty
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as cells (
        account_number text, subscription text, plan_code text, quantity numeric, starts_on date, ends_on date,
        anchor_on date, is_trial boolean, prices_as_of date
    )
    inner join billing.customers using (account_number)
    inner join billing.pricing_plans using (plan_code)
),

placed as (
    select
        *,
        row_number() over (
            partition by customer_id, subscription, named_plan_id, named_starts_on
            order by is_empty, starts_on, line
        ) as place
    from given
)

select
    placed.line,
    min(placed.line) over (
        partition by placed.customer_id, placed.subscription, placed.named_plan_id, placed.named_starts_on
    ) as subscription_line,
    coalesce(coded.subscription_id, named.subscription_id) as subscription_id,
    placed.customer_id,
    placed.subscription,
    placed.plan_id,
    placed.plan_code,
    placed.currency,
    placed.metric_id,
    placed.interval_months,
    placed.billed_in,
    placed.quantity,
    placed.starts_on,
    placed.ends_on,
    placed.anchor_on,
    placed.is_trial,
    placed.prices_as_of
from placed
left join billing.subscriptions as coded
    on placed.customer_id = coded.customer_id and placed.subscription = coded.subscription
left join billing.subscriptions as named
    on
        placed.customer_id = named.customer_id
        and placed.named_plan_id = named.plan_id
        and placed.named_starts_on = named.starts_on
where placed.place = 1 or not placed.is_empty
$$;

comment on function billing._incoming_phases ()
is 'The good rows of the staged subscriptions.csv, typed, with the subscription they are phases of.';

create or replace function billing._check_subscriptions()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['account_number', 'subscription', 'plan_code', 'starts_on']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        good.line,
        rules.column_name,
        rules.value,
        rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        account_number text, subscription text, plan_code text, quantity text, starts_on text, ends_on text,
        anchor_on text, is_trial text, prices_as_of text
    )
    left join billing.customers on given.account_number = customers.account_number
    left join billing.pricing_plans on given.plan_code = pricing_plans.plan_code
    cross join lateral (
        values
        ('account_number', given.account_number, 'an account of customers.csv', customers.customer_id is not null),
        ('subscription', given.subscription, 'text of 1 to 100 characters without control characters, or nothing',
            given.subscription is null or billing.is_plain_text(given.subscription, 100)),
        ('subscription', given.subscription, billing.code_problem(given.subscription),
            billing.code_problem(given.subscription) is null),
        ('plan_code', given.plan_code, 'a plan of plans.csv', pricing_plans.plan_id is not null),
        ('plan_code', given.plan_code,
            format('a plan with a price in %s, the currency of the customer (prices.csv)', customers.currency),
            customers.customer_id is null or pricing_plans.plan_id is null
            or exists (
                select from billing.prices
                where
                    (prices.plan_id, prices.currency) = (pricing_plans.plan_id, customers.currency)
                    and prices.customer_id is null
            )
            or exists (
                select from billing.prices
                where
                    (prices.plan_id, prices.currency) = (pricing_plans.plan_id, customers.currency)
                    and prices.customer_id = customers.customer_id
            )),
        ('quantity', given.quantity, 'a number above 0, or nothing for 1',
            given.quantity is null or (billing.is_decimal(given.quantity) and given.quantity ~ '[1-9]')),
        ('starts_on', given.starts_on, 'a date such as 2026-02-28', billing.is_date(given.starts_on)),
        ('ends_on', given.ends_on, 'a date such as 2026-02-28, or nothing while it is open',
            given.ends_on is null or billing.is_date(given.ends_on)),
        ('ends_on', given.ends_on, format('no day before it starts, %s', given.starts_on),
            not billing.is_date(given.ends_on) or not billing.is_date(given.starts_on)
            or given.ends_on collate "C" >= given.starts_on),
        ('anchor_on', given.anchor_on, 'a date such as 2026-02-28, or nothing for the first of the month it starts in',
            given.anchor_on is null or billing.is_date(given.anchor_on)),
        ('is_trial', given.is_trial, 'true, false, or nothing for false',
            coalesce(lower(given.is_trial), 'false') in ('true', 'false')),
        ('prices_as_of', given.prices_as_of, 'a date such as 2026-02-28, or nothing',
            given.prices_as_of is null or billing.is_date(given.prices_as_of))
    ) as rules (column_name, value, expected, is_met)
    where rules.is_met is not true;
    perform billing._check_phases();
    perform billing._spoil_groups(array['subscription', 'account_number'], 'a subscription without bad rows');
end;
$$;

comment on function billing._check_subscriptions ()
is 'Finds what is wrong with the staged subscriptions.csv, row by row and subscription by subscription.';

create or replace function billing._plan_terms(p_metric text, p_interval_months integer, p_billed_in text)
returns text
language sql
stable
parallel safe
security invoker
return coalesce('usage of ' || p_metric, 'flat')
|| format(
    ', billed in %s, every %s',
    p_billed_in,
    case p_interval_months when 1 then 'month' else p_interval_months || ' months' end
);

comment on function billing._plan_terms (text, integer, text)
is 'What plans of one subscription have in common, in words.';

create or replace function billing._check_phases()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    create temporary table staged_phases on commit drop as
    select
        phases.*,
        billing._plan_terms(metrics.metric, phases.interval_months, phases.billed_in) as terms
    from billing._incoming_phases() as phases
    left join billing.metrics using (metric_id);

    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        incoming.line,
        differences.column_name,
        differences.value,
        differences.expected
    from pg_temp.staged_phases as incoming
    inner join pg_temp.staged_phases as of_first on incoming.subscription_line = of_first.line
    cross join lateral (
        values
        ('anchor_on', incoming.anchor_on::text, incoming.anchor_on is distinct from of_first.anchor_on,
            format('the same as in line %s: %s', of_first.line, coalesce(of_first.anchor_on::text, 'nothing'))),
        ('prices_as_of', incoming.prices_as_of::text, incoming.prices_as_of is distinct from of_first.prices_as_of,
            format('the same as in line %s: %s', of_first.line, coalesce(of_first.prices_as_of::text, 'nothing'))),
        ('plan_code', incoming.plan_code, incoming.terms <> of_first.terms,
            format('a plan like %s (line %s): %s', of_first.plan_code, of_first.line, of_first.terms))
    ) as differences (column_name, value, is_difference, expected)
    where differences.is_difference
    union all
    (
        select distinct on (later.line)
            later.line,
            'starts_on',
            later.starts_on::text,
            format(
                'no other phase of %s at the time: %s %s (line %s)',
                later.subscription,
                earlier.plan_code,
                billing.until_text(earlier.starts_on, earlier.ends_on),
                earlier.line
            )
        from pg_temp.staged_phases as later
        inner join pg_temp.staged_phases as earlier using (subscription_line)
        where
            later.line > earlier.line
            and daterange(later.starts_on, later.ends_on) && daterange(earlier.starts_on, earlier.ends_on)
        order by later.line, earlier.line
    );
    drop table pg_temp.staged_phases;
end;
$$;

comment on function billing._check_phases ()
is 'Finds phases that overlap others of their subscription, or do not agree with the first.';

-- Two usage subscriptions of a customer for one metric would both be billed the same usage. Compares what will be
-- stored: the rows of the file and the stored phases of the subscriptions that it does not name.
create or replace function billing._refuse_overlapping_phases()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    loop -- a row that is refused leaves the stored ones standing, which the others may overlap
        insert into pg_temp.incoming_problems (line, column_name, value, expected)
        with incoming as materialized (
            select * from billing._incoming_phases()
            where metric_id is not null
        ),

        standing as (
            select
                line,
                subscription_line,
                customer_id,
                plan_code,
                metric_id,
                starts_on,
                ends_on
            from incoming
            union all
            select
                null,
                null,
                stored.customer_id,
                pricing_plans.plan_code,
                stored.metric_id,
                stored.starts_on,
                stored.ends_on
            from billing.subscription_phases as stored
            inner join billing.pricing_plans using (plan_id)
            where
                stored.customer_id in (select customer_id from incoming)
                and stored.subscription_id not in (
                    select subscription_id from billing._incoming_phases()
                    where subscription_id is not null
                )
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
            and other.subscription_line is distinct from incoming.subscription_line
            and daterange(incoming.starts_on, incoming.ends_on) && daterange(other.starts_on, other.ends_on)
        order by incoming.line, other.line nulls first;
        exit when not found;
        perform billing._spoil_groups(array['subscription', 'account_number'], 'a subscription without bad rows');
    end loop;
end;
$$;

comment on function billing._refuse_overlapping_phases ()
is 'Refuses a second usage subscription of a customer for a metric at the same time, naming the other one.';

-- Idempotent by (customer, code) or (customer, plan, starts_on). What is gone goes first, then ends are drawn in, and
-- last drawn out and filled, so that a change that moves a border never makes two phases overlap on the way. A
-- subscription that becomes another kind of thing (metric, interval) loses all its phases first.
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
    perform billing._refuse_overlapping_phases();
    bad := (select count(distinct line) from pg_temp.incoming_problems);
    if bad > 0 and not p_skip_bad then
        return next;
        return;
    end if;
    create temporary table incoming_phases on commit drop as
    select
        incoming.*,
        stored.starts_on is not null as is_stored,
        (stored.plan_id, stored.quantity, stored.ends_on, stored.is_trial, owner.anchor_on, owner.prices_as_of)
        is distinct from (
            incoming.plan_id, incoming.quantity, incoming.ends_on, incoming.is_trial, incoming.anchor_on,
            incoming.prices_as_of
        ) as is_change
    from billing._incoming_phases() as incoming
    left join billing.subscriptions as owner using (subscription_id)
    left join billing.subscription_phases as stored
        on incoming.subscription_id = stored.subscription_id and incoming.starts_on = stored.starts_on;
    analyze pg_temp.incoming_phases;
    perform billing._make_room_for_phases();
    perform billing._write_phases();
    added := (select count(*) from pg_temp.incoming_phases where not is_stored);
    changed := (select count(*) from pg_temp.incoming_phases where is_stored and is_change);
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    insert into pg_temp.incoming_changes (file, line, customer_id)
    select 'subscriptions.csv', line, customer_id from pg_temp.incoming_phases
    where is_change;
    perform billing._warn_of_subscriptions();
    drop table pg_temp.incoming_phases;
    return next;
end;
$$;

comment on function billing.load_subscriptions (boolean)
is 'Loads the staged subscriptions.csv: adds, changes, or leaves alone. Nothing changes if file_problems() has any and p_skip_bad is false.';

-- The rows of a subscription that loses a phase all count as changed: it is they that say so.
create or replace function billing._make_room_for_phases()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    create temporary table shrunk_subscriptions on commit drop as
    with removed as (
        delete from billing.subscription_phases as stored
        using (
            select distinct subscription_id, metric_id, interval_months, billed_in
            from pg_temp.incoming_phases
        ) as incoming
        where
            stored.subscription_id = incoming.subscription_id
            and (
                (stored.metric_id, stored.interval_months, stored.billed_in)
                is distinct from (incoming.metric_id, incoming.interval_months, incoming.billed_in)
                or (stored.subscription_id, stored.starts_on) not in (
                    select subscription_id, starts_on from pg_temp.incoming_phases
                    where subscription_id is not null
                )
            )
        returning stored.subscription_id
    )

    select distinct subscription_id from removed;
    update pg_temp.incoming_phases set is_change = true
    where subscription_id in (select subscription_id from pg_temp.shrunk_subscriptions);
    drop table pg_temp.shrunk_subscriptions;

    update billing.subscription_phases as stored
    set ends_on = incoming.ends_on
    from pg_temp.incoming_phases as incoming
    where
        stored.subscription_id = incoming.subscription_id
        and stored.starts_on = incoming.starts_on
        and incoming.ends_on < coalesce(stored.ends_on, 'infinity');
    update billing.subscriptions as stored
    set
        anchor_on = incoming.anchor_on,
        prices_as_of = incoming.prices_as_of,
        metric_id = incoming.metric_id,
        interval_months = incoming.interval_months,
        billed_in = incoming.billed_in,
        updated_at = now()
    from pg_temp.incoming_phases as incoming
    where
        stored.subscription_id = incoming.subscription_id
        and (stored.anchor_on, stored.prices_as_of, stored.metric_id, stored.interval_months, stored.billed_in)
        is distinct from (
            incoming.anchor_on, incoming.prices_as_of, incoming.metric_id, incoming.interval_months, incoming.billed_in
        );
end;
$$;

comment on function billing._make_room_for_phases ()
is 'Takes away the stored phases that the file has no longer, draws ends in, and sets what phases must agree with.';

-- Long for its columns.
create or replace function billing._write_phases()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into billing.subscriptions (
        customer_id, subscription, plan_id, starts_on, currency, metric_id, interval_months, billed_in, anchor_on,
        prices_as_of
    )
    select
        customer_id,
        subscription,
        case when subscription is null then plan_id end,
        case when subscription is null then starts_on end,
        currency,
        metric_id,
        interval_months,
        billed_in,
        anchor_on,
        prices_as_of
    from (
        select distinct on (subscription_line) *
        from pg_temp.incoming_phases
        where subscription_id is null
        order by subscription_line asc, starts_on asc
    ) as first_phases
    order by customer_id, subscription nulls first, plan_code, starts_on;
    update pg_temp.incoming_phases as incoming
    set subscription_id = stored.subscription_id
    from billing.subscriptions as stored
    where
        incoming.subscription_id is null
        and (incoming.customer_id, incoming.subscription) = (stored.customer_id, stored.subscription);
    update pg_temp.incoming_phases as incoming
    set subscription_id = stored.subscription_id
    from billing.subscriptions as stored
    where
        incoming.subscription_id is null
        and (incoming.customer_id, incoming.plan_id, incoming.starts_on)
        = (stored.customer_id, stored.plan_id, stored.starts_on);

    update billing.subscription_phases as stored
    set
        plan_id = incoming.plan_id,
        quantity = incoming.quantity,
        ends_on = incoming.ends_on,
        is_trial = incoming.is_trial,
        updated_at = now()
    from pg_temp.incoming_phases as incoming
    where
        stored.subscription_id = incoming.subscription_id
        and stored.starts_on = incoming.starts_on
        and incoming.is_change;
    insert into billing.subscription_phases (
        subscription_id, starts_on, ends_on, customer_id, plan_id, metric_id, interval_months, billed_in, quantity,
        is_trial
    )
    select
        subscription_id,
        starts_on,
        ends_on,
        customer_id,
        plan_id,
        metric_id,
        interval_months,
        billed_in,
        quantity,
        is_trial
    from pg_temp.incoming_phases as incoming
    where not exists (
        select from billing.subscription_phases as stored
        where (stored.subscription_id, stored.starts_on) = (incoming.subscription_id, incoming.starts_on)
    )
    order by subscription_id, starts_on;
end;
$$;

comment on function billing._write_phases ()
is 'Adds new subscriptions, and makes the phases of those of the file what it says.';

-- After the rows are written. A day that is typed wrong is told once, when the row is new or changed; a phase that
-- another follows at once means its day. Rows that bill the same days twice are told as often as they are loaded.
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
    from pg_temp.incoming_phases as incoming
    where
        extract(day from incoming.ends_on + 1) = 1
        and incoming.ends_on > incoming.starts_on
        and incoming.is_change
        and not exists (
            select from billing.subscription_phases as next_phase
            where
                next_phase.subscription_id = incoming.subscription_id
                and next_phase.starts_on = incoming.ends_on
        );

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
    inner join pg_temp.incoming_phases as incoming
        on
            incoming.subscription is null
            and pairs.customer_id = incoming.customer_id
            and pairs.plan_id = incoming.plan_id
            and pairs.later_starts_on = incoming.starts_on
    inner join billing.customers on pairs.customer_id = customers.customer_id;
end;
$$;

comment on function billing._warn_of_subscriptions ()
is 'Warns of staged subscriptions that end on the last day of a month, or bill a flat plan that is billed already.';
