-- The gross amount is spread over the rates in proportion to what is left of them, cumulatively, so that the shares add
-- up to it; within a rate the net part follows from all that was ever credited at that rate, so that rounding never
-- adds up over several credit notes. Long: shares, net and tax are steps of one sum, none of use alone.
create or replace function billing._credit_lines_of_amount(p_invoice_id bigint, p_amount numeric)
returns setof billing.credit_note_line_items
language sql
stable
security invoker
as $$
with rates as (
    select
        creditable_amounts.*,
        creditable_amounts.creditable + creditable_amounts.creditable_tax as creditable_gross,
        row_number() over numbered as place,
        sum(creditable_amounts.creditable + creditable_amounts.creditable_tax) over numbered as gross_up_to,
        sum(creditable_amounts.creditable + creditable_amounts.creditable_tax) over () as gross_in_all
    from billing.creditable_amounts
    where creditable_amounts.invoice_id = p_invoice_id
    window numbered as (
        order by
            creditable_amounts.tax_rate desc, creditable_amounts.tax_treatment, creditable_amounts.tax_name,
            creditable_amounts.tax_country, creditable_amounts.tax_region
    )
),

shares as (
    select
        rates.*,
        sign(rates.creditable_gross) as side,
        abs(
            round(p_amount * rates.gross_up_to / rates.gross_in_all, rates.minor_units)
            - round(
                p_amount * (rates.gross_up_to - rates.creditable_gross) / rates.gross_in_all,
                rates.minor_units
            )
        ) as gross
    from rates
),

parts as (
    select
        shares.*,
        shares.side * greatest(
            least(
                shares.side * (
                    round(
                        (shares.credited + shares.credited_tax + shares.side * shares.gross)
                        / (1 + shares.tax_rate),
                        shares.minor_units
                    )
                    - shares.credited
                ),
                shares.gross,
                shares.side * shares.creditable
            ),
            shares.gross - shares.side * shares.creditable_tax,
            0
        ) as amount
    from shares
    where shares.gross > 0
)

select
    null::bigint as credit_note_id,
    row_number() over (order by parts.place)::integer as position,
    parts.minor_units,
    parts.invoice_id,
    null::integer as invoice_position,
    format(
        'Credit for invoice %s%s',
        invoices.invoice_number,
        case when count(*) over () > 1 then ', ' || parts.tax_name else '' end
    ) as description,
    parts.amount,
    parts.tax_treatment,
    parts.tax_rate,
    parts.tax_name,
    parts.side * parts.gross - parts.amount as tax,
    parts.tax_country,
    parts.tax_region
from parts
inner join billing.invoices using (invoice_id)
$$;

comment on function billing._credit_lines_of_amount (bigint, numeric)
is 'Lines of a credit note over a gross amount, which must be less than what is left of the invoice.';
