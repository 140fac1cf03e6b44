alter table billing.prices
drop constraint price_ends_after_it_starts,
add constraint price_ends_after_it_starts check (valid_to > valid_from);
