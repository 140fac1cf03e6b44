-- The last closed month only: books have no gap.
create or replace function billing.reopen_month(p_period_start date, p_reason text, p_as_of date)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_first_open_day date;
    v_last text;
begin
    perform billing.require_reason(p_reason, 'reopening a month');
    perform billing.lock('books');
    v_first_open_day := billing.first_open_day();
    if p_period_start >= v_first_open_day then
        return false;
    end if;
    if billing.billing_period_end(p_period_start) < v_first_open_day then
        v_last := to_char(v_first_open_day - 1, 'YYYY-MM');
        raise object_not_in_prerequisite_state using
            message = format(
                '%s is closed as well, which is later than %s', v_last, to_char(p_period_start, 'YYYY-MM')
            ),
            hint = format('Reopen the last one first: billing close %s --reopen.', v_last);
    end if;
    delete from billing.month_closings where period_start = p_period_start;
    perform billing.append_audit_entry(
        p_business_date => p_as_of,
        p_topic => 'books',
        p_subject => to_char(p_period_start, 'YYYY-MM'),
        p_from_state => 'closed',
        p_to_state => 'open',
        p_reason => p_reason
    );
    return true;
end;
$$;

comment on function billing.reopen_month (date, text, date)
is 'Opens the last closed month again, with a reason; false if it is open.';
