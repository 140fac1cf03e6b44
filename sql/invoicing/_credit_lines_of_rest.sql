-- What amounts credited before took off a rate belongs to none of its lines: it is taken off them in proportion. Net
-- and tax are rounded cumulatively within the rate, so that the lines add up to exactly what is left of it.
-- Long for the steps of one sum, none of use alone.
create or replace function billing._credit_lines_of_rest(p_invoice_id bigint)
returns setof billing.credit_note_line_items
language sql
stable
security invoker
as $$
with uncredited as (
    select
        lines.*,
        rates.creditable,
        rates.creditable_tax,
        lines.amount - coalesce((
            select sum(earlier.amount)
            from billing.credit_note_line_items as earlier
            where earlier.invoice_id = lines.invoice_id and earlier.invoice_position = lines.position
        ), 0) as uncredited
    from billing.invoice_line_items as lines
    inner join billing.creditable_amounts as rates
        on
            lines.invoice_id = rates.invoice_id
            and lines.tax_treatment = rates.tax_treatment
            and lines.tax_rate = rates.tax_rate
            and lines.tax_name = rates.tax_name
            and lines.tax_country = rates.tax_country
            and lines.tax_region is not distinct from rates.tax_region
    where lines.invoice_id = p_invoice_id
),

nets as (
    select
        uncredited.*,
        coalesce(
            round(creditable * sum(uncredited) over up_to / nullif(sum(uncredited) over rate, 0), minor_units),
            sum(uncredited) over up_to
        ) as net_up_to
    from uncredited
    window
        rate as (partition by tax_treatment, tax_rate, tax_name, tax_country, tax_region),
        up_to as (rate order by position)
),

taxes as (
    select
        nets.*,
        coalesce(round(creditable_tax * net_up_to / nullif(creditable, 0), minor_units), creditable_tax) as tax_up_to
    from nets
),

parts as (
    select
        taxes.*,
        net_up_to - lag(net_up_to, 1, 0::numeric) over up_to as net,
        tax_up_to - lag(tax_up_to, 1, 0::numeric) over up_to as tax
    from taxes
    window up_to as (partition by tax_treatment, tax_rate, tax_name, tax_country, tax_region order by position)
)

select
    null::bigint as credit_note_id,
    row_number() over (order by parts.position)::integer as position,
    parts.minor_units,
    parts.invoice_id,
    parts.position as invoice_position,
    parts.description,
    parts.net as amount,
    parts.tax_treatment,
    parts.tax_rate,
    parts.tax_name,
    parts.tax,
    parts.tax_country,
    parts.tax_region
from parts
where parts.net <> 0 or parts.tax <> 0
$$;

comment on function billing._credit_lines_of_rest (bigint)
is 'Lines of a credit note over all that is left of an invoice: each of its lines that has something left, with the tax on it.';
