create or replace function billing._credit_lines(
    p_invoice billing.invoices,
    p_line integer,
    p_amount numeric
)
returns setof billing.credit_note_line_items
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_left numeric;
    v_left_of_line numeric;
    v_line billing.credit_note_line_items;
begin
    select round(sum(creditable + creditable_tax), p_invoice.minor_units) into v_left
    from billing.creditable_amounts
    where invoice_id = p_invoice.invoice_id;
    if p_line is null then
        if coalesce(p_amount, v_left) between 0 and v_left
            and v_left > 0
            and p_amount is distinct from 0
            and coalesce(p_amount = round(p_amount, p_invoice.minor_units), true) then
            if coalesce(p_amount, v_left) = v_left then
                return query select * from billing._credit_lines_of_rest(p_invoice.invoice_id);
            else
                return query select * from billing._credit_lines_of_amount(p_invoice.invoice_id, p_amount);
            end if;
            return;
        end if;
        perform billing._refuse_credit(
            p_amount => p_amount,
            p_left => v_left,
            p_currency => p_invoice.currency,
            p_of => 'invoice ' || p_invoice.invoice_number
        );
    end if;

    v_left_of_line := billing._creditable_of_line(p_invoice.invoice_id, p_line);
    if v_left_of_line is null then
        raise no_data_found using message = format('invoice %s has no line %s', p_invoice.invoice_number, p_line);
    end if;
    if v_left_of_line > 0
        and coalesce(p_amount, v_left_of_line) between 0 and v_left_of_line
        and p_amount is distinct from 0
        and coalesce(p_amount = round(p_amount, p_invoice.minor_units), true) then
        select * into strict v_line
        from billing._credit_line_of_line(
            p_invoice_id => p_invoice.invoice_id,
            p_line => p_line,
            p_amount => coalesce(p_amount, v_left_of_line)
        );
        if v_line.amount + v_line.tax <= v_left then
            return next v_line;
            return;
        end if;
    end if;
    perform billing._refuse_credit(
        p_amount => coalesce(p_amount, v_left_of_line),
        p_left => least(v_left, v_left_of_line),
        p_currency => p_invoice.currency,
        p_of => format('line %s of invoice %s', p_line, p_invoice.invoice_number)
    );
end;
$$;

comment on function billing._credit_lines (billing.invoices, integer, numeric)
is 'Lines of a credit note: all that is left, a gross amount, a line, or a net amount of a line; never more than is left.';
