delete from billing.decline_codes
where decline_code = 'amount_not_exact';
delete from billing.dunning_transitions
where not is_step;
alter table billing.dunning_transitions
drop column is_step;
