create or replace function billing._undelivered_until(p_until date)
returns text
language sql
stable
security invoker
as $$
select
    case count(*)
        when 1 then format('%s of %s is numbered and not issued', min(invoice_number), min(issued_on))
        else format(
            '%s invoices are numbered and not issued, the first %s of %s',
            count(*), (array_agg(invoice_number order by issued_on, invoice_id))[1], min(issued_on)
        )
    end
from billing.invoices
where status = 'draft' and issued_on < p_until
having count(*) > 0
$$;

comment on function billing._undelivered_until (date)
is 'The invoices dated before a day that are not issued, in words; null if there are none.';
