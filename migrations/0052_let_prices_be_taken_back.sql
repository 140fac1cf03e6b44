-- An own price that was a mistake is taken back as everything else is: it ends on the day it starts, and holds for
-- none.
-- depends: 0051_name_usage_keys

set local role billing_owner;

alter table billing.prices
drop constraint price_ends_after_it_starts,
add constraint price_ends_after_it_starts check (valid_to >= valid_from);
