-- Banks cut long names, so the beginning of one is enough where it is long.
create or replace function billing._is_payer(p_transaction billing.bank_transactions, p_customer_id bigint)
returns boolean
language sql
stable
security invoker
as $$
select
    exists (
        select from billing.customers
        cross join lateral (
            select
                billing._plain_name(customers.name) as customer,
                billing._telling(p_transaction.payer_name) as payer
        ) as names
        where
            customers.customer_id = p_customer_id
            and length(names.payer) >= 4
            and starts_with(names.customer, names.payer)
            and (names.customer = names.payer or length(names.payer) >= 20)
    )
    or exists (
        select from billing.bank_transactions as earlier
        inner join billing.payments using (bank_transaction_id)
        where
            earlier.payer_iban = p_transaction.payer_iban
            and billing._telling(p_transaction.payer_iban) is not null
            and earlier.status in ('matched', 'partial', 'overpaid')
            and payments.customer_id = p_customer_id
    )
$$;

comment on function billing._is_payer (billing.bank_transactions, bigint)
is 'Whether a bank transaction came from a customer: by name, or because its account has paid for the customer before.';
