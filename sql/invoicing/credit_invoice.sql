-- Locks the invoice: concurrent credit notes see each other and never exceed it together.
create or replace function billing.credit_invoice(
    p_invoice_number text,
    p_line integer,
    p_amount numeric,
    p_reason text,
    p_as_of date,
    p_is_confirmed boolean
)
returns table (
    credit_note_number text,
    currency text,
    amount numeric,
    lowered numeric,
    refunded numeric,
    paid_others numeric,
    kept numeric,
    outstanding numeric
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice billing.invoices;
    v_lines billing.credit_note_line_items[];
    v_credit_note billing.credit_notes;
    v_given_back numeric;
begin
    v_invoice := billing._creditable_invoice(p_invoice_number, p_as_of);
    perform billing.require_reason(p_reason, 'a credit note');
    v_lines := array(
        select lines
        from billing._credit_lines(
            p_invoice => v_invoice,
            p_line => p_line,
            p_amount => p_amount
        ) as lines
    );
    perform billing.require_confirmation(
        billing._credit_concern(
            p_invoice_id => v_invoice.invoice_id,
            p_line => p_line,
            p_amount => p_amount,
            p_as_of => p_as_of
        ),
        p_is_confirmed
    );
    v_credit_note := billing._insert_credit_note(
        p_invoice => v_invoice,
        p_lines => v_lines,
        p_reason => p_reason,
        p_as_of => p_as_of
    );
    v_given_back := billing._give_back_credit(v_credit_note, p_as_of);
    perform billing.settle_invoice(v_invoice.invoice_id, p_as_of);
    paid_others := billing.apply_on_account(v_invoice.customer_id, v_invoice.currency, p_as_of);
    insert into billing.documents (credit_note_id) values (v_credit_note.credit_note_id);
    credit_note_number := v_credit_note.credit_note_number;
    currency := v_credit_note.currency;
    amount := round(v_credit_note.amount, v_credit_note.minor_units);
    lowered := amount - round(v_given_back, v_credit_note.minor_units);
    select
        round(coalesce(sum(refunds.amount), 0), v_credit_note.minor_units),
        round(max(invoice_balances.outstanding), v_credit_note.minor_units)
    into refunded, outstanding
    from billing.invoice_balances
    left join billing.refunds on refunds.credit_note_id = v_credit_note.credit_note_id
    where invoice_balances.invoice_id = v_invoice.invoice_id;
    paid_others := round(least(paid_others, v_given_back - refunded), v_credit_note.minor_units);
    kept := amount - lowered - refunded - paid_others;
    perform billing._announce_credit_note(
        v_credit_note,
        jsonb_build_object(
            'others_amount', paid_others::text,
            'kept_amount', kept::text,
            'last_payout_id', billing.last_payout(v_invoice.customer_id)
        )
    );
    return next;
end;
$$;

comment on function billing.credit_invoice (text, integer, numeric, text, date, boolean)
is 'Issues a credit note and returns what it did: over all that is left of an invoice, a gross amount (p_amount), a line (p_line), or a net amount of a line (both). What was paid too much then goes back to the card (refunded), pays other open invoices (paid_others) or is credit balance (kept); lowered is what it took off the open amount, outstanding what is left of that. Raises UB009 where a person has to confirm it first.';
