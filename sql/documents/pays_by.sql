-- A card is charged where there is a gateway that takes the amount, as far as is known, and has not refused it. All
-- others transfer, by a due date.
create or replace function billing.pays_by(p_invoice_id bigint, p_has_gateway boolean)
returns text
language sql
stable
security invoker
as $$
select
    case
        when
            p_has_gateway
            and invoices.collection_method = 'charge_automatically'
            and (
                due.amount <= 0
                or billing.is_payable_by_card(due.amount, invoices.currency)
            )
            and not exists (
                select from billing.dunning_cases
                inner join billing.decline_codes on dunning_cases.failure_reason = decline_codes.decline_code
                where dunning_cases.invoice_id = invoices.invoice_id and decline_codes.is_refusal
            )
            then 'card'
        else 'transfer'
    end
from billing.invoices
inner join billing.invoice_balances using (invoice_id)
cross join lateral (
    select
        case
            when invoices.status = 'draft'
                then invoices.total - coalesce(billing._shown_as_paid(invoices.invoice_id), 0)
            else invoice_balances.outstanding
        end as amount
) as due
where invoices.invoice_id = p_invoice_id
$$;

comment on function billing.pays_by (bigint, boolean)
is 'How an invoice is paid, as its documents and letters say it: card or transfer.';
