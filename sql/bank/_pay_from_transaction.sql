-- A payment belongs to one customer: a transfer for invoices of two is booked as two, the surplus with the first. An
-- entry whose match was undone may pay again: every booking of it has a reference of its own. The invoices must be
-- locked. They are paid in the order given, which is by their ordinal; what is left pays others of the customer.
create or replace function billing._pay_from_transaction(
    p_transaction billing.bank_transactions,
    p_invoice_ids bigint[],
    p_on date
)
returns numeric
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_share record;
    v_applied numeric := 0;
begin
    for v_share in
        with targets as (
            select
                ids.ordinal,
                invoice_balances.customer_id,
                invoice_balances.invoice_id,
                sum(invoice_balances.outstanding) over (order by ids.ordinal)
                - invoice_balances.outstanding as needed_before,
                invoice_balances.outstanding
            from unnest(p_invoice_ids) with ordinality as ids (invoice_id, ordinal)
            inner join billing.invoice_balances using (invoice_id)
        ),

        shares as (
            select
                customer_id,
                min(ordinal) as place,
                array_agg(invoice_id order by ordinal) as invoice_ids,
                sum(least(greatest(p_transaction.amount - needed_before, 0), outstanding)) as amount
            from targets
            group by customer_id
        )

        select
            shares.customer_id,
            shares.invoice_ids,
            case
                when shares.place = min(shares.place) over ()
                    then shares.amount + p_transaction.amount - sum(shares.amount) over ()
                else shares.amount
            end as amount
        from shares
        order by shares.place
    loop
        continue when v_share.amount = 0;
        v_applied := v_applied + billing._apply_transfer(
            p_payment_id => billing._book_transfer(p_transaction, v_share.customer_id, v_share.amount, p_on),
            p_invoice_ids => v_share.invoice_ids,
            p_on => p_on
        );
    end loop;
    return v_applied;
end;
$$;

comment on function billing._pay_from_transaction (billing.bank_transactions, bigint[], date)
is 'Books a transfer as one payment per customer, pays the invoices in order and thanks for it; returns the amount that they took.';
