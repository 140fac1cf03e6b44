-- Kosovo has no code of ISO 3166-1; XK is what banks, Stripe and the European Union use. It is no member state.
-- depends: 0021_note_prepaid_amounts

set local role billing_owner;

insert into billing.countries (country, is_eu_member) values ('XK', false)
on conflict do nothing;

comment on table billing.countries
is 'Countries of ISO 3166-1, and XK. is_eu_member marks the 27 states between which VAT reverse charge applies.';
