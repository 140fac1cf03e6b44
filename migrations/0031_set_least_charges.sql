-- A card cannot pay less than the least that Stripe charges in the currency; such an invoice is paid by transfer.
-- depends: 0030_hold_dunning

set local role billing_owner;

create table billing.least_charges (
    currency text not null,
    amount numeric not null,
    constraint least_charges_pkey primary key (currency),
    constraint least_charges_currency_fkey foreign key (currency) references billing.currencies (currency),
    constraint least_charge_is_positive check (amount > 0)
);

comment on table billing.least_charges
is 'The least amount that Stripe charges, as it documents it for accounts settled in that currency; a currency without a row has none.';
insert into billing.least_charges (currency, amount) values
('AED', 2.00),
('AUD', 0.50),
('BGN', 1.00),
('BRL', 0.50),
('CAD', 0.50),
('CHF', 0.50),
('CZK', 15.00),
('DKK', 2.50),
('EUR', 0.50),
('GBP', 0.30),
('HKD', 4.00),
('HUF', 175.00),
('INR', 0.50),
('JPY', 50),
('MXN', 10.00),
('MYR', 2.00),
('NOK', 3.00),
('NZD', 0.50),
('PLN', 2.00),
('RON', 2.00),
('SEK', 3.00),
('SGD', 0.50),
('THB', 10.00),
('USD', 0.50);
