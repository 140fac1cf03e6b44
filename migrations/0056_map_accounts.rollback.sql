alter table billing.seller_profiles
drop column datev,
drop column accounts;
