-- What was agreed with whom has changed in this transaction, and from which day on: of customers who were billed
-- something that stands. Nobody else can be owed anything else than was billed. The day before counts, too: what is due
-- on the first of a month is in the discounts of the month before.
create or replace function billing.changed_scope()
returns jsonb
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select coalesce(jsonb_agg(to_jsonb(changes) order by changes.customer_id), '[]')
from (
    select
        contract_changes.customer_id,
        min(contract_changes.from_on) - 1 as from_on
    from billing.contract_changes
    where
        contract_changes.txid = pg_current_xact_id()::text::bigint
        and exists (
            select from billing.invoices
            where
                invoices.customer_id = contract_changes.customer_id
                and invoices.invoice_number is not null
                and billing.counts_as_billed(invoices.status, invoices.waived_on)
        )
    group by contract_changes.customer_id
) as changes
$$;

comment on function billing.changed_scope ()
is 'Customers with standing invoices whose contract this transaction has changed, and the day before, as [{"customer_id": 1, "from_on": "2025-03-01"}].';

-- Asked at the end of a load whose scope was noted before it. A difference is laid to the first row of the files that
-- changed something of that account, or else of the list price of a plan it has.
create or replace function billing.load_corrections()
returns table (
    file text,
    line bigint,
    account_number text,
    invoice_number text,
    service_period text,
    charge text,
    owed_before numeric,
    owed_after numeric,
    credit_notes text
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.require_staging(array['incoming_changes']);
    return query
    select
        cause.file,
        cause.line,
        found.account_number,
        found.invoice_number,
        found.service_period,
        found.charge,
        found.owed_before,
        found.owed_after,
        billing.credit_notes_on(found.invoice_number) as credit_notes
    from billing.changed_invoices() as found
    left join billing.customers on found.account_number = customers.account_number
    left join lateral (
        select
            changes.file,
            changes.line
        from pg_temp.incoming_changes as changes
        where
            changes.customer_id = customers.customer_id
            or (
                changes.customer_id is null
                and changes.plan_id in (
                    select phases.plan_id
                    from billing.subscriptions
                    inner join billing.subscription_phases as phases using (subscription_id)
                    where subscriptions.customer_id = customers.customer_id
                )
            )
        order by changes.customer_id nulls last, changes.file, changes.line
        limit 1
    ) as cause on true
    order by
        cause.file nulls last,
        cause.line,
        length(found.account_number),
        found.account_number collate "C",
        length(found.invoice_number),
        found.invoice_number collate "C",
        found.service_period,
        found.charge;
end;
$$;

comment on function billing.load_corrections ()
is 'Charges of standing invoices that owe another amount after this load than before it, with the row of the files that makes it so.';
