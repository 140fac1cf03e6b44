-- What would still be dated in the month stops it: an invoice that is numbered and not issued has its date already.
-- Waits for bookings that are under way. Months before it that are open are closed with it.
-- Locks: 'run', then the watermark row, so that nothing that accrued follows from changes meanwhile, then 'books'.
create or replace function billing.close_month(p_period_start date, p_as_of date)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_end date := billing.billing_period_end(p_period_start);
    v_obstacle text;
    v_from date;
    v_closed bigint;
begin
    if p_as_of < v_end then
        raise invalid_parameter_value using
            message = format('%s is not over on %s', to_char(p_period_start, 'YYYY-MM'), p_as_of);
    end if;
    perform billing.lock('run');
    perform from billing.usage_watermarks for update;
    perform billing.lock('books');
    v_obstacle := billing._undelivered_until(v_end);
    if v_obstacle is not null then
        raise object_not_in_prerequisite_state using
            message = format('%s cannot be closed: %s', to_char(p_period_start, 'YYYY-MM'), v_obstacle),
            hint = 'Deliver them (billing release, billing deliver) or void them (billing void), then close the month.';
    end if;
    v_from := coalesce(
        nullif(billing.first_open_day(), '-infinity'), least(p_period_start, billing._first_month_of_books())
    );
    insert into billing.month_closings (period_start, closed_on)
    select month::date, p_as_of
    from generate_series(v_from::timestamp, p_period_start::timestamp, interval '1 month') as month;
    get diagnostics v_closed = row_count;
    perform billing._keep_accruals(month::date, p_as_of)
    from generate_series(v_from::timestamp, p_period_start::timestamp, interval '1 month') as month;
    if v_closed > 0 then
        perform billing.append_audit_entry(
            p_business_date => p_as_of,
            p_topic => 'books',
            p_subject => to_char(p_period_start, 'YYYY-MM'),
            p_from_state => 'open',
            p_to_state => 'closed',
            p_reason => case
                when v_closed = 1 then 'nothing is dated in it any more'
                else format('with all months since %s: nothing is dated in them any more', to_char(v_from, 'YYYY-MM'))
            end
        );
    end if;
    return v_closed;
end;
$$;

comment on function billing.close_month (date, date)
is 'Closes the books of a month, and of all before it: nothing is dated in them from then on. Returns how many months it closed, 0 if it was closed before. Refused before the month is over, and while invoices dated in it are not issued.';
