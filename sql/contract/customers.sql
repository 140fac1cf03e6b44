create or replace function billing._incoming_customers()
returns setof billing.customers
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select customer.*
from billing._good_rows() as good
cross join lateral jsonb_populate_record(null::billing.customers, good.fields) as customer
$$;

comment on function billing._incoming_customers ()
is 'The good rows of the staged customers.csv, typed.';

create or replace function billing._check_customers()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['account_number']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        good.line,
        rules.column_name,
        rules.value,
        rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        account_number text, region text, name text, billing_email text, country text, currency text,
        collection_method text, signed_up_on text
    )
    cross join lateral (
        select cell.key, cell.value, 'text of at most 200 characters without control characters',
            billing.is_plain_text(cell.value, 200)
        from jsonb_each_text(good.fields) as cell
        where cell.key <> all (array[
            'account_number', 'name', 'billing_email', 'country', 'currency', 'collection_method', 'signed_up_on'
        ])
        union all
        values
        ('account_number', given.account_number, 'text of 1 to 100 characters without control characters',
            billing.is_plain_text(given.account_number, 100)),
        ('account_number', given.account_number, billing.code_problem(given.account_number),
            billing.code_problem(given.account_number) is null),
        ('region', given.region, billing.code_problem(given.region), billing.code_problem(given.region) is null),
        ('name', given.name, 'text of 1 to 200 characters without control characters',
            billing.is_plain_text(given.name, 200)),
        ('billing_email', given.billing_email, 'one e-mail address, in ASCII', billing.is_email(given.billing_email)),
        ('country', given.country, 'an ISO 3166 country code such as DE',
            exists (select from billing.countries where countries.country = given.country)),
        ('currency', given.currency, 'an ISO 4217 currency code such as EUR',
            exists (select from billing.currencies where currencies.currency = given.currency)),
        ('collection_method', given.collection_method, 'charge_automatically or send_invoice',
            given.collection_method in ('charge_automatically', 'send_invoice')),
        ('signed_up_on', given.signed_up_on, 'a date such as 2026-02-28', billing.is_date(given.signed_up_on))
    ) as rules (column_name, value, expected, is_met)
    where rules.is_met is not true;
end;
$$;

comment on function billing._check_customers ()
is 'Finds what is wrong with customers.csv, field by field; a column without a rule of its own is a text.';

create or replace function billing._refuse_customer_changes()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        good.line,
        'currency',
        good.fields ->> 'currency',
        format('%s as before: the customer has %s', customers.currency, bonds.what)
    from billing._good_rows() as good
    inner join billing.customers on good.fields ->> 'account_number' = customers.account_number
    cross join lateral (
        select case
            when
                exists (select from billing.subscriptions where subscriptions.customer_id = customers.customer_id)
                or exists (select from billing.invoices where invoices.customer_id = customers.customer_id)
                or exists (select from billing.payments where payments.customer_id = customers.customer_id)
                then 'subscriptions or invoices'
            when exists (select from billing.prices where prices.customer_id = customers.customer_id)
                then 'prices of its own'
            when
                exists (select from billing.discounts where discounts.customer_id = customers.customer_id)
                or exists (select from billing.commitments where commitments.customer_id = customers.customer_id)
                or exists (select from billing.charges where charges.customer_id = customers.customer_id)
                then 'discounts, commitments or charges'
        end as what
    ) as bonds
    where good.fields ->> 'currency' <> customers.currency and bonds.what is not null;
end;
$$;

comment on function billing._refuse_customer_changes ()
is 'Refuses another currency for a customer with whom something is agreed or booked in the old one.';

-- Idempotent: a row that says what is stored already is not touched; of ids from Stripe only what is new in the file
-- counts, and is charged with what is open, as a new card is. Locks the accounts whose ids change.
create or replace function billing.load_customers(p_skip_bad boolean)
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
declare
    v_on date := billing.reporting_date();
    v_recharged bigint[];
    v_changed text[];
begin
    perform billing._check_customers();
    perform billing._refuse_customer_changes();
    bad := (select count(distinct line) from pg_temp.incoming_problems);
    if bad > 0 and not p_skip_bad then
        return next;
        return;
    end if;
    create temporary table incoming_stripe_ids on commit drop as
    select * from billing._incoming_stripe_ids();
    perform billing._warn_of_moves(v_on);
    perform billing._warn_of_renewed_cards();
    v_recharged := array(
        select customers.customer_id
        from pg_temp.incoming_stripe_ids as ids
        inner join billing.customers using (customer_id)
        where
            ids.new_customer_id <> coalesce(customers.stripe_customer_id, '')
            or ids.new_card_id <> coalesce(customers.stripe_payment_method_id, '')
    );
    perform billing.lock_accounts(v_recharged, '{}');
    select written.added, written.changed into added, v_changed
    from billing._write_rows(
        p_table => 'customers',
        p_key => array['account_number'],
        p_incoming => '_incoming_customers',
        p_own => array[
            'stripe_customer_id', 'stripe_payment_method_id',
            'loaded_stripe_customer_id', 'loaded_stripe_payment_method_id'
        ]
    ) as written;
    perform billing._write_stripe_ids();
    changed := (
        select count(*) from billing.customers
        where customer_id = any (v_recharged) or account_number = any (v_changed)
    );
    drop table pg_temp.incoming_stripe_ids;
    perform billing.charge_new_card(recharged.customer_id, v_on)
    from unnest(v_recharged) as recharged (customer_id);
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    perform billing._resend_refused_emails();
    return next;
end;
$$;

comment on function billing.load_customers (boolean)
is 'Loads the staged customers.csv: adds, changes, or leaves alone. Nothing changes if file_problems() has any and p_skip_bad is false.';

-- Tax follows the customer as stored when a month is run, so a move that is loaded too early taxes months that are
-- still to be run. A region counts where its country has tax by region, a number where its validity changes.
create or replace function billing._warn_of_moves(p_as_of date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_warnings (file, line, column_name, value, warning)
    with moved as (
        select
            good.line,
            customers.customer_id,
            case
                when incoming.country <> customers.country then 'country'
                when incoming.region is distinct from customers.region
                    and exists (
                        select from billing.tax_rates
                        where
                            tax_rates.country = customers.country
                            and tax_rates.region in (incoming.region, customers.region)
                    )
                    then 'region'
                when incoming.is_tax_id_valid <> customers.is_tax_id_valid then 'tax_id'
            end as column_name,
            good.fields
        from billing._good_rows() as good
        cross join lateral jsonb_populate_record(null::billing.customers, good.fields) as incoming
        inner join billing.customers on incoming.account_number = customers.account_number
    )

    select
        'customers.csv',
        moved.line,
        moved.column_name,
        moved.fields ->> moved.column_name,
        format('%s not run yet and will be taxed as of this row; run first what is to be taxed as before', due.months)
    from moved
    cross join lateral (
        select case count(*)
            when 1 then to_char(min(months.period_start), 'YYYY-MM') || ' is'
            else format(
                '%s to %s are',
                to_char(min(months.period_start), 'YYYY-MM'),
                to_char(max(months.period_start), 'YYYY-MM')
            )
        end as months
        from billing._months_to_bill(p_customer_id => moved.customer_id, p_as_of => p_as_of) as months
        having count(*) > 0
    ) as due
    where moved.column_name is not null;
end;
$$;

comment on function billing._warn_of_moves (date)
is 'Warns of staged customers whose country, region or tax number changes while months of theirs that are over are not billed.';

-- Months before the first run are nobody's, unless there was none yet.
create or replace function billing._months_to_bill(p_customer_id bigint, p_as_of date)
returns table (period_start date)
language sql
stable
security invoker
as $$
select month::date as period_start
from (
    select
        min(phases.starts_on) as first_day,
        (select min(runs.period_start) from billing.billing_runs as runs where runs.closed_at is not null) as first_run
    from billing.subscriptions
    inner join billing.subscription_phases as phases using (subscription_id)
    where subscriptions.customer_id = p_customer_id
) as beginnings
cross join lateral generate_series(
    greatest(date_trunc('month', beginnings.first_day::timestamp), beginnings.first_run),
    date_trunc('month', p_as_of::timestamp) - interval '1 month',
    interval '1 month'
) as month
where
    exists (
        select from billing.subscriptions
        inner join billing.subscription_phases as phases using (subscription_id)
        where
            subscriptions.customer_id = p_customer_id
            and daterange(phases.starts_on, phases.ends_on)
            && daterange(month::date, billing.billing_period_end(month::date))
    )
    and not exists (
        select from billing.settled_periods as settled
        where settled.customer_id = p_customer_id and settled.period_start = month
    )
$$;

comment on function billing._months_to_bill (bigint, date)
is 'Months before that of p_as_of in which a customer had a subscription and which are not billed.';
