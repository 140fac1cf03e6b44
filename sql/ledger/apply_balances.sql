-- Every booking does this for its own account. Here for all: for balances that an older version of the engine kept
-- beside open invoices.
create or replace function billing.apply_balances(p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_accounts bigint[];
begin
    v_accounts := array(
        select invoices.customer_id
        from billing.invoices
        inner join billing.payments
            on
                invoices.customer_id = payments.customer_id
                and invoices.currency = payments.currency
        inner join billing.payment_balances on payments.payment_id = payment_balances.payment_id
        where invoices.status = 'issued' and payment_balances.unapplied > 0
    );
    perform billing.lock_accounts(v_accounts, '{}');
    perform billing.apply_on_account(customers.customer_id, customers.currency, p_on)
    from billing.customers
    where customers.customer_id = any(v_accounts);
end;
$$;

comment on function billing.apply_balances (date)
is 'Pays the open invoices of every customer of whom money is held.';
