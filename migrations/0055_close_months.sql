-- Books are closed month by month: what is booked later has a business date of its own, beside the day it happened on.
-- depends: 0054_audit_changes_of_contracts

set local role billing_owner;

create table billing.month_closings (
    period_start date not null,
    closed_on date not null,
    closed_at timestamptz not null default now(),
    constraint month_closings_pkey primary key (period_start),
    constraint closed_months_begin_on_the_first check (period_start = date_trunc('month', period_start::timestamp)),
    constraint only_months_that_are_over_are_closed check (
        closed_on >= (period_start + interval '1 month')::date
    )
);

comment on table billing.month_closings
is 'Months whose books are closed, without a gap: nothing is dated before the end of the last one. Reopening a month takes its row away.';
comment on column billing.month_closings.closed_on is 'Business date of the closing.';

insert into billing.locks (name) values ('books');

alter table billing.audit_log
drop constraint audit_topic_is_known,
add constraint audit_topic_is_known
check (
    topic in ('invoice', 'dunning', 'payment', 'credit_note', 'run', 'hold', 'document', 'event', 'contract', 'books')
);
comment on column billing.audit_log.topic
is 'Which state changed: of the invoice, of its dunning, of a payment, of a credit note, of a run, of a hold of dunning, of a PDF, of a usage event, of a contract, of the books of a month.';

-- Until now everything was booked on the day it happened.
drop trigger if exists payments_are_append_only on billing.payments;
alter table billing.payments add column booked_on date;
update billing.payments set booked_on = received_on;
alter table billing.payments
alter column booked_on set not null,
add constraint payments_are_booked_once_received check (booked_on >= received_on);
comment on column billing.payments.received_on is 'The day on which the money came, as the bank says; booked_on is what reports go by.';
comment on column billing.payments.booked_on
is 'Business date: the day it was received, or the first open day after it, or the day on which a bank entry was assigned.';

alter table billing.refunds add column failed_on date;
update billing.refunds
set
    failed_on = greatest(
        scheduled_on,
        (finished_at at time zone coalesce((select billing_timezone from billing.seller_profiles), 'UTC'))::date
    )
where state = 'failed';
alter table billing.refunds
add constraint refund_failed_on_matches_state check ((failed_on is not null) = (state = 'failed')),
add constraint refunds_fail_once_scheduled check (failed_on >= scheduled_on);
comment on column billing.refunds.failed_on is 'Business date from which its money is free again.';

alter table billing.bank_transactions add column entered_on date;
update billing.bank_transactions set entered_on = booked_on;
alter table billing.bank_transactions
alter column entered_on set not null,
add constraint bank_transactions_are_entered_once_booked check (entered_on >= booked_on);
comment on column billing.bank_transactions.booked_on is 'The day on which the bank booked it.';
comment on column billing.bank_transactions.entered_on
is 'Business date: the day the bank booked it, or the first open day after it.';
