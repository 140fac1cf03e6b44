-- A tax rate that was loaded wrongly is taken back as a subscription is: it ends on the day it begins, and never held.
-- depends: 0024_create_locks

set local role billing_owner;

alter table billing.tax_rates
drop constraint tax_rate_ends_after_it_starts,
add constraint tax_rate_ends_no_day_before_it_starts check (valid_to >= valid_from);

comment on column billing.tax_rates.valid_to
is 'First day on which the rate is not valid; null: open. Valid from and to the same day, it never was: taken back.';
