create or replace function billing._incoming_plans()
returns table (
    line bigint,
    plan_code text,
    name text,
    kind text,
    pricing_model text,
    metric text,
    metric_id integer,
    currency text,
    unit_amount numeric,
    package_size numeric
)
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    good.line,
    given.plan_code,
    given.name,
    given.kind,
    given.pricing_model,
    case when given.kind = 'usage' then given.metric end as metric,
    case when given.kind = 'usage' then metrics.metric_id end as metric_id,
    given.currency,
    case when given.pricing_model in ('package', 'flat') then given.unit_amount end as unit_amount,
    case when given.pricing_model = 'package' then given.package_size end as package_size
from billing._good_rows() as good
cross join lateral jsonb_to_record(good.fields) as given (
    plan_code text, name text, kind text, pricing_model text, metric text, currency text, unit_amount numeric,
    package_size numeric
)
left join billing.metrics on given.metric = metrics.metric
$$;

comment on function billing._incoming_plans ()
is 'Good rows of plans.csv, typed; what a pricing model does not use is null, and metric_id for a new metric.';

create or replace function billing._check_plans()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['plan_code']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        good.line,
        rules.column_name,
        rules.value,
        rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        plan_code text, name text, kind text, pricing_model text, metric text, currency text, unit_amount text,
        package_size text
    )
    cross join lateral (
        values
        ('plan_code', given.plan_code, 'text of 1 to 100 characters without control characters',
            billing.is_plain_text(given.plan_code, 100)),
        ('plan_code', given.plan_code, billing.code_problem(given.plan_code),
            billing.code_problem(given.plan_code) is null),
        ('metric', given.metric, billing.code_problem(given.metric), billing.code_problem(given.metric) is null),
        ('name', given.name, 'text of 1 to 200 characters without control characters',
            billing.is_plain_text(given.name, 200)),
        ('kind', given.kind, 'usage or flat', given.kind in ('usage', 'flat')),
        ('pricing_model', given.pricing_model, 'graduated, volume, package or flat; flat for kind flat',
            given.pricing_model = 'flat'
            or (given.kind is distinct from 'flat' and given.pricing_model in ('graduated', 'volume', 'package'))),
        ('metric', given.metric, 'the metric whose usage is priced, 1 to 100 characters',
            given.kind is distinct from 'usage' or billing.is_plain_text(given.metric, 100)),
        ('currency', given.currency, 'an ISO 4217 currency code such as EUR',
            exists (select from billing.currencies where currencies.currency = given.currency)),
        ('unit_amount', given.unit_amount, 'a price of 0 or more such as 0.001',
            given.pricing_model in ('graduated', 'volume') or billing.is_decimal(given.unit_amount)),
        ('unit_amount', given.unit_amount, 'nothing: the prices of this plan are its tiers',
            given.pricing_model not in ('graduated', 'volume') or coalesce(given.unit_amount, '0') ~ '^0+(\.0+)?$'),
        ('package_size', given.package_size, 'the units of a package, more than 0',
            given.pricing_model <> 'package'
            or (billing.is_decimal(given.package_size) and given.package_size ~ '[1-9]')),
        ('package_size', given.package_size, 'nothing: only package plans have a package size',
            given.pricing_model = 'package' or coalesce(given.package_size, '0') ~ '^0+(\.0+)?$')
    ) as rules (column_name, value, expected, is_met)
    where not rules.is_met or (rules.is_met is null and rules.column_name in ('kind', 'pricing_model'));
end;
$$;

comment on function billing._check_plans () is 'Finds what is wrong with the staged plans.csv, field by field.';

-- A plan's price may change until the first invoice is computed with it; what ties subscriptions to it (metric and
-- currency) only while nobody has subscribed. After that a new price is a new plan.
create or replace function billing._refuse_plan_changes()
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
        differences.column_name,
        differences.value,
        reasons.expected
    from billing._incoming_plans() as incoming
    inner join billing.pricing_plans as stored using (plan_code)
    left join billing.metrics on stored.metric_id = metrics.metric_id
    cross join lateral (
        values
        ('kind', incoming.kind, stored.kind, true),
        ('metric', incoming.metric, metrics.metric, true),
        ('currency', incoming.currency, stored.currency, true),
        ('pricing_model', incoming.pricing_model, stored.pricing_model, false),
        ('unit_amount', trim_scale(incoming.unit_amount)::text, trim_scale(stored.unit_amount)::text, false),
        ('package_size', trim_scale(incoming.package_size)::text, trim_scale(stored.package_size)::text, false)
    ) as differences (column_name, value, stored, is_tie)
    cross join lateral (
        select coalesce(
            billing._plan_billed_by(stored.plan_id),
            case
                when
                    differences.is_tie
                    and exists (select from billing.subscriptions where subscriptions.plan_id = stored.plan_id)
                    then format('%s as before: the plan has subscriptions', coalesce(differences.stored, 'nothing'))
            end
        )
    ) as reasons (expected)
    where
        differences.value is distinct from differences.stored
        and reasons.expected is not null;
end;
$$;

comment on function billing._refuse_plan_changes ()
is 'Refuses to change the price of a plan that is on a numbered invoice, or the metric and currency of one in use.';

-- A void invoice counts too: whoever got it has it, and it was computed with this price. To be billed anew with
-- another one, its customers move to a new plan.
create or replace function billing._plan_billed_by(p_plan_id bigint)
returns text
language sql
stable
parallel safe
security invoker
set search_path = pg_catalog, pg_temp
as $$
select format('no change of a billed price: %s was computed with it', invoices.invoice_number)
from billing.subscriptions
inner join billing.invoice_line_items using (subscription_id)
inner join billing.invoices using (invoice_id)
where
    subscriptions.plan_id = p_plan_id
    and invoices.invoice_number is not null
limit 1;
$$;

comment on function billing._plan_billed_by (bigint)
is 'The reason why the price of a plan cannot change, naming an invoice computed with it, void or not; null: there is none.';

-- Idempotent: a row that says what is stored already is not touched. A plan that stops having tiers loses them.
create or replace function billing.load_plans(p_skip_bad boolean)
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
    perform billing._check_plans();
    perform billing._refuse_plan_changes();
    bad := (select count(distinct line) from pg_temp.incoming_problems);
    if bad > 0 and not p_skip_bad then
        return next;
        return;
    end if;
    perform billing.add_metrics(array(select metric from billing._incoming_plans()));
    select written.added, cardinality(written.changed) into added, changed
    from billing._write_rows(
        p_table => 'pricing_plans',
        p_key => 'plan_code',
        p_incoming => '_incoming_plans',
        p_own => '{}'
    ) as written;
    delete from billing.price_tiers
    using billing.pricing_plans
    where price_tiers.plan_id = pricing_plans.plan_id and pricing_plans.pricing_model in ('package', 'flat');
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    return next;
end;
$$;

comment on function billing.load_plans (boolean)
is 'Loads the staged plans.csv: adds, changes, or leaves alone. Nothing changes if file_problems() has any and p_skip_bad is false.';
