-- Second path, at the end: what standing invoices (drafts included) bill, against what was recomputed, charge by
-- charge.
-- Left out is what no run can have billed yet: what a void invoice billed and its month has not billed again, what the
-- contract changed after the last run for that customer (a fixed discount is of fees in advance, too, whose periods end
-- later), and services of months that were never run, of which no number was given for anything. What is billed and not
-- known at all is owed nothing; drafts that bill what is not due, too.
-- Of what begins later only drafts count: the month that is run again has nothing to do with it.
-- A charge of 0 without a line is missed only where nothing was billed of its service before, and so is a gross amount
-- that differs alone: what differs neither in amount nor in quantity makes no line.
-- Lines are found by their invoices, which are not older than the first month compared; but what is due may have been
-- billed before if the day it is due has moved, and a correction always was: their lines are found by service.
-- Long for the kinds of services that are compared or not.
create or replace function billing._compare_charges(p_until date)
returns table (
    customer_id bigint,
    service_key text,
    charge_key text,
    starts_on date,
    ends_on date,
    billed_quantity numeric,
    owed_quantity numeric,
    billed_gross numeric,
    owed_gross numeric,
    billed_amount numeric,
    owed_amount numeric
)
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_end constant date := p_until + interval '1 month';
    v_recent date;
begin
    select max(compare_from) into v_recent
    from pg_temp.recomputed_customers;
    create temporary table recomputed_doubts on commit drop as
    with invoices as (
        select invoices.*
        from billing.invoices
        inner join pg_temp.recomputed_customers as customers using (customer_id)
        where invoices.period_start >= v_recent
        union all
        select invoices.*
        from billing.invoices
        inner join pg_temp.recomputed_customers as customers using (customer_id)
        where
            customers.compare_from < v_recent
            and invoices.period_start >= customers.compare_from
            and invoices.period_start < v_recent
    ),

    entries as (
        select lines.service_key, lines.charge_key, lines.gross_amount, lines.amount, 1 as sign,
            case when lines.charge_kind in ('usage', 'subscription', 'charge') then lines.quantity end as quantity
        from invoices
        inner join billing.invoice_line_items as lines using (invoice_id)
        where billing.counts_as_billed(invoices.status, invoices.waived_on)
        union all
        select service_key, charge_key, gross_amount, amount, -1, quantity
        from pg_temp.recomputed_charges
    )

    select uneven.service_key
    from (
        select entries.service_key
        from entries
        group by entries.service_key, entries.charge_key, entries.quantity, entries.gross_amount, entries.amount
        having sum(entries.sign) <> 0
    ) as uneven
    union
    select services.service_key
    from pg_temp.recomputed_services as services
    where services.is_movable and services.before_txid is not null;
    analyze pg_temp.recomputed_doubts;

    return query
    with billed as (
        select
            lines.service_key,
            lines.charge_key,
            min(invoices.customer_id) as customer_id,
            min(lines.subscription_id) as subscription_id,
            min(lines.service_period_start) as starts_on,
            min(lines.service_period_end) as ends_on,
            bool_or(invoices.invoice_number is null) as is_drafted,
            sum(lines.quantity) filter (where lines.charge_kind in ('usage', 'subscription', 'charge')) as quantity,
            sum(lines.gross_amount) as gross_amount,
            sum(lines.amount) as amount
        from pg_temp.recomputed_doubts
        inner join billing.invoice_line_items as lines using (service_key)
        inner join billing.invoices using (invoice_id)
        where
            billing.counts_as_billed(invoices.status, invoices.waived_on)
            and (invoices.invoice_number is null or lines.service_period_start <= v_end or lines.charge_id is not null)
        group by lines.service_key, lines.charge_key
    ),

    numbered as (
        select distinct lines.service_key
        from pg_temp.recomputed_doubts
        inner join billing.invoice_line_items as lines using (service_key)
        inner join billing.invoices using (invoice_id)
        where
            invoices.invoice_number is not null
            and billing.counts_as_billed(invoices.status, invoices.waived_on)
    ),

    differences as materialized (
        select
            service_key,
            charge_key,
            coalesce(owed.customer_id, billed.customer_id) as customer_id,
            billed.subscription_id,
            billed.starts_on,
            billed.ends_on,
            coalesce(billed.is_drafted, false) as is_drafted,
            coalesce(billed.quantity, 0) as billed_quantity,
            coalesce(owed.quantity, 0) as owed_quantity,
            coalesce(billed.gross_amount, 0) as billed_gross,
            coalesce(owed.gross_amount, 0) as owed_gross,
            coalesce(billed.amount, 0) as billed_amount,
            coalesce(owed.amount, 0) as owed_amount
        from billed
        full join (
            select charges.*
            from pg_temp.recomputed_doubts
            inner join pg_temp.recomputed_charges as charges using (service_key)
        ) as owed using (service_key, charge_key)
        where
            coalesce(billed.quantity, 0) <> coalesce(owed.quantity, 0)
            or coalesce(billed.gross_amount, 0) <> coalesce(owed.gross_amount, 0)
            or coalesce(billed.amount, 0) <> coalesce(owed.amount, 0)
            or billed.charge_key is null
    ),

    judged as (
        select
            differences.*,
            coalesce(services.starts_on, differences.starts_on) as service_start,
            coalesce(services.ends_on, differences.ends_on) as service_end,
            services.service_key is not null as is_known,
            services.before_txid is not null as is_recomputed,
            coalesce(services.due_month, guessed.due_month) as due_month,
            coalesce(services.before_txid, months.before_txid) as before_txid,
            coalesce(months.is_run, false) or left(service_key, 1) = 'c' as is_run,
            numbered.service_key is not null as is_numbered,
            customers.compare_from,
            customers.since,
            case when left(service_key, 1) = 'd' then customers.longest else interval '0' end as reach
        from differences
        inner join pg_temp.recomputed_customers as customers using (customer_id)
        left join pg_temp.recomputed_services as services using (service_key)
        left join numbered using (service_key)
        left join billing.subscriptions using (subscription_id)
        cross join lateral (
            select
                date_trunc('month', case
                    when left(service_key, 1) = 'c' then differences.starts_on
                    when subscriptions.billed_in = 'advance' then differences.starts_on
                    else differences.ends_on - 1
                end)::date as due_month
        ) as guessed
        left join pg_temp.recomputed_months as months
            on
                differences.customer_id = months.customer_id
                and coalesce(services.due_month, guessed.due_month) = months.month
    )

    select
        judged.customer_id,
        judged.service_key,
        judged.charge_key,
        judged.service_start,
        judged.service_end,
        judged.billed_quantity,
        judged.owed_quantity,
        judged.billed_gross,
        judged.owed_gross,
        judged.billed_amount,
        judged.owed_amount
    from judged
    where
        case
            when judged.is_recomputed
                then judged.due_month >= judged.compare_from and (judged.is_run or judged.is_numbered)
            when judged.is_known then judged.is_drafted and judged.due_month > p_until
            else
                judged.service_end > judged.since
                and (
                    judged.is_drafted
                    or (judged.due_month >= judged.compare_from and judged.before_txid is not null)
                )
        end
        and (
            not judged.is_numbered
            or judged.billed_quantity <> judged.owed_quantity
            or judged.billed_amount <> judged.owed_amount
        )
        and not exists (
            select from billing.waiting_services as waiting
            where waiting.service_key = judged.service_key
        )
        and not exists (
            select from billing.contract_changes
            where
                contract_changes.customer_id = judged.customer_id
                and contract_changes.txid >= judged.before_txid
                and date_trunc('month', contract_changes.from_on) < judged.service_end + judged.reach
        );
end;
$$;

comment on function billing._compare_charges (date)
is 'Charges of the recomputed customers of which standing invoices bill something else than was recomputed.';
