{# The last month of which an invoice stands. Asked of the few runs: the invoices would have to be read once more. #}
{% macro last_month_billed() -%}
    (
        select max(runs_billed.period_start)
        from {{ ref('int_runs_dated') }} as runs_billed
        where
            exists (
                select invoices_of_run.invoice_id
                from {{ ref('int_invoices_dated') }} as invoices_of_run
                where
                    invoices_of_run.billing_run_id = runs_billed.billing_run_id
                    and not invoices_of_run.is_void
            )
    )
{%- endmacro %}
