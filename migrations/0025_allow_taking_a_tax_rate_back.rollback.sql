delete from billing.tax_rates
where valid_to = valid_from;

alter table billing.tax_rates
drop constraint tax_rate_ends_no_day_before_it_starts,
add constraint tax_rate_ends_after_it_starts check (valid_to > valid_from);

comment on column billing.tax_rates.valid_to is 'First day on which the rate is not valid; null: open.';
