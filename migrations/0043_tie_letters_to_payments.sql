-- The payment that a letter thanks for, and the day on which finance was told of a dispute's end: both were read from
-- the spelling of a key.
-- depends: 0042_name_causes_of_reversals

set local role billing_owner;

alter table billing.emails
add column payment_id bigint;

update billing.emails
set payment_id = payments.payment_id
from billing.payments
where
    emails.template = 'payment_received'
    and payments.payment_id
    = substring(emails.dedupe_key from '[.]payment-received[.]payment-([0-9]{1,18})$')::bigint;

alter table billing.emails
add constraint emails_payment_id_fkey foreign key (payment_id) references billing.payments (payment_id),
add constraint only_thanks_are_for_a_payment check (payment_id is null or template = 'payment_received');

comment on column billing.emails.payment_id is 'The payment that the letter thanks for.';
create index emails_payment_id_idx on billing.emails (payment_id) where payment_id is not null;

alter table billing.disputes
add column closed_on date;

update billing.disputes
set closed_on = told.on_day
from (
    select
        disputes.dispute_id,
        min(emails.business_date) as on_day
    from billing.disputes
    inner join billing.emails
        on starts_with(reverse(emails.dedupe_key), reverse('.' || disputes.dispute_id || '-closed'))
    group by disputes.dispute_id
) as told
where disputes.dispute_id = told.dispute_id;

comment on column billing.disputes.closed_on is 'Business date on which we learned that it is over.';
