drop table billing.least_charges;
