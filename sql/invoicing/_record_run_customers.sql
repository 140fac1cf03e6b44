create or replace function billing._record_run_customers(p_billing_run_id bigint, p_usage_before_txid bigint)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into billing.billing_run_customers (
        billing_run_id, customer_id, outcome, reason, usage_before_txid
    )
    select
        p_billing_run_id,
        scopes.customer_id,
        case
            when parked.customer_id is not null then 'parked'
            when due.customer_id is not null then 'invoiced'
            else 'skipped'
        end as outcome,
        parked.reason,
        p_usage_before_txid
    from pg_temp.rating_scopes as scopes
    left join pg_temp.unbillable_customers as parked using (customer_id)
    left join (
        select distinct charges.customer_id from pg_temp.due_charges as charges
    ) as due using (customer_id)
    on conflict (billing_run_id, customer_id) do update
    set
        outcome = excluded.outcome,
        reason = excluded.reason,
        usage_before_txid = excluded.usage_before_txid;
end;
$$;

comment on function billing._record_run_customers (bigint, bigint)
is 'Notes what the run makes of each customer: invoiced, skipped, or parked with the reason.';
