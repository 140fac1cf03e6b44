-- Only an amount can be credited twice: of a line or an invoice that was credited as a whole nothing is left.
create or replace function billing._credit_concern(
    p_invoice_id bigint,
    p_line integer,
    p_amount numeric,
    p_as_of date
)
returns text
language sql
stable
security invoker
as $$
select format('the same credit was issued on that day, as %s', max(credit_notes.credit_note_number))
from billing.credit_notes
where
    credit_notes.invoice_id = p_invoice_id
    and credit_notes.issued_on = p_as_of
    and (
        select case when p_line is null then sum(lines.amount + lines.tax) else sum(lines.amount) end
        from billing.credit_note_line_items as lines
        where
            lines.credit_note_id = credit_notes.credit_note_id
            and lines.invoice_position is not distinct from p_line
    ) = p_amount
having count(*) > 0
$$;

comment on function billing._credit_concern (bigint, integer, numeric, date)
is 'What about a credit note looks like a mistake, in words; null if nothing does.';
