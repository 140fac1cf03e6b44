-- What the outside world fixes: currencies with their minor unit (ISO 4217), countries (ISO 3166-1) and which of them
-- are member states of the European Union; and the one seller who issues the invoices.
-- depends: 0001_create_roles_and_schemas

set local role billing_owner;

create table billing.currencies (
    currency text not null,
    exponent smallint not null,
    constraint currencies_pkey primary key (currency),
    constraint currency_has_one_exponent unique (currency, exponent),
    constraint currency_is_iso_4217 check (currency ~ '^[A-Z]{3}$'),
    constraint exponent_is_known check (exponent between 0 and 4)
);

comment on table billing.currencies
is 'Currencies of ISO 4217. exponent is the number of decimals of the minor unit: USD 2, JPY 0, KWD 3.';

insert into billing.currencies (currency, exponent) values
('AED', 2), ('AFN', 2), ('ALL', 2), ('AMD', 2), ('ANG', 2), ('AOA', 2),
('ARS', 2), ('AUD', 2), ('AWG', 2), ('AZN', 2), ('BAM', 2), ('BBD', 2),
('BDT', 2), ('BGN', 2), ('BHD', 3), ('BIF', 0), ('BMD', 2), ('BND', 2),
('BOB', 2), ('BRL', 2), ('BSD', 2), ('BTN', 2), ('BWP', 2), ('BYN', 2),
('BZD', 2), ('CAD', 2), ('CDF', 2), ('CHF', 2), ('CLF', 4), ('CLP', 0),
('CNY', 2), ('COP', 2), ('CRC', 2), ('CUP', 2), ('CVE', 2), ('CZK', 2),
('DJF', 0), ('DKK', 2), ('DOP', 2), ('DZD', 2), ('EGP', 2), ('ERN', 2),
('ETB', 2), ('EUR', 2), ('FJD', 2), ('FKP', 2), ('GBP', 2), ('GEL', 2),
('GHS', 2), ('GIP', 2), ('GMD', 2), ('GNF', 0), ('GTQ', 2), ('GYD', 2),
('HKD', 2), ('HNL', 2), ('HTG', 2), ('HUF', 2), ('IDR', 2), ('ILS', 2),
('INR', 2), ('IQD', 3), ('IRR', 2), ('ISK', 0), ('JMD', 2), ('JOD', 3),
('JPY', 0), ('KES', 2), ('KGS', 2), ('KHR', 2), ('KMF', 0), ('KPW', 2),
('KRW', 0), ('KWD', 3), ('KYD', 2), ('KZT', 2), ('LAK', 2), ('LBP', 2),
('LKR', 2), ('LRD', 2), ('LSL', 2), ('LYD', 3), ('MAD', 2), ('MDL', 2),
('MGA', 2), ('MKD', 2), ('MMK', 2), ('MNT', 2), ('MOP', 2), ('MRU', 2),
('MUR', 2), ('MVR', 2), ('MWK', 2), ('MXN', 2), ('MYR', 2), ('MZN', 2),
('NAD', 2), ('NGN', 2), ('NIO', 2), ('NOK', 2), ('NPR', 2), ('NZD', 2),
('OMR', 3), ('PAB', 2), ('PEN', 2), ('PGK', 2), ('PHP', 2), ('PKR', 2),
('PLN', 2), ('PYG', 0), ('QAR', 2), ('RON', 2), ('RSD', 2), ('RUB', 2),
('RWF', 0), ('SAR', 2), ('SBD', 2), ('SCR', 2), ('SDG', 2), ('SEK', 2),
('SGD', 2), ('SHP', 2), ('SLE', 2), ('SOS', 2), ('SRD', 2), ('SSP', 2),
('STN', 2), ('SVC', 2), ('SYP', 2), ('SZL', 2), ('THB', 2), ('TJS', 2),
('TMT', 2), ('TND', 3), ('TOP', 2), ('TRY', 2), ('TTD', 2), ('TWD', 2),
('TZS', 2), ('UAH', 2), ('UGX', 0), ('USD', 2), ('UYU', 2), ('UYW', 4),
('UZS', 2), ('VED', 2), ('VES', 2), ('VND', 0), ('VUV', 0), ('WST', 2),
('XAF', 0), ('XCD', 2), ('XCG', 2), ('XOF', 0), ('XPF', 0), ('YER', 2),
('ZAR', 2), ('ZMW', 2), ('ZWG', 2);

create table billing.countries (
    country text not null,
    is_eu_member boolean not null,
    constraint countries_pkey primary key (country),
    constraint country_is_iso_3166 check (country ~ '^[A-Z]{2}$')
);

comment on table billing.countries
is 'Countries of ISO 3166-1. is_eu_member marks the 27 states between which VAT reverse charge applies.';

insert into billing.countries (country, is_eu_member) values
('AD', false), ('AE', false), ('AF', false), ('AG', false), ('AI', false),
('AL', false), ('AM', false), ('AO', false), ('AQ', false), ('AR', false),
('AS', false), ('AT', true), ('AU', false), ('AW', false), ('AX', false),
('AZ', false), ('BA', false), ('BB', false), ('BD', false), ('BE', true),
('BF', false), ('BG', true), ('BH', false), ('BI', false), ('BJ', false),
('BL', false), ('BM', false), ('BN', false), ('BO', false), ('BQ', false),
('BR', false), ('BS', false), ('BT', false), ('BV', false), ('BW', false),
('BY', false), ('BZ', false), ('CA', false), ('CC', false), ('CD', false),
('CF', false), ('CG', false), ('CH', false), ('CI', false), ('CK', false),
('CL', false), ('CM', false), ('CN', false), ('CO', false), ('CR', false),
('CU', false), ('CV', false), ('CW', false), ('CX', false), ('CY', true),
('CZ', true), ('DE', true), ('DJ', false), ('DK', true), ('DM', false),
('DO', false), ('DZ', false), ('EC', false), ('EE', true), ('EG', false),
('EH', false), ('ER', false), ('ES', true), ('ET', false), ('FI', true),
('FJ', false), ('FK', false), ('FM', false), ('FO', false), ('FR', true),
('GA', false), ('GB', false), ('GD', false), ('GE', false), ('GF', false),
('GG', false), ('GH', false), ('GI', false), ('GL', false), ('GM', false),
('GN', false), ('GP', false), ('GQ', false), ('GR', true), ('GS', false),
('GT', false), ('GU', false), ('GW', false), ('GY', false), ('HK', false),
('HM', false), ('HN', false), ('HR', true), ('HT', false), ('HU', true),
('ID', false), ('IE', true), ('IL', false), ('IM', false), ('IN', false),
('IO', false), ('IQ', false), ('IR', false), ('IS', false), ('IT', true),
('JE', false), ('JM', false), ('JO', false), ('JP', false), ('KE', false),
('KG', false), ('KH', false), ('KI', false), ('KM', false), ('KN', false),
('KP', false), ('KR', false), ('KW', false), ('KY', false), ('KZ', false),
('LA', false), ('LB', false), ('LC', false), ('LI', false), ('LK', false),
('LR', false), ('LS', false), ('LT', true), ('LU', true), ('LV', true),
('LY', false), ('MA', false), ('MC', false), ('MD', false), ('ME', false),
('MF', false), ('MG', false), ('MH', false), ('MK', false), ('ML', false),
('MM', false), ('MN', false), ('MO', false), ('MP', false), ('MQ', false),
('MR', false), ('MS', false), ('MT', true), ('MU', false), ('MV', false),
('MW', false), ('MX', false), ('MY', false), ('MZ', false), ('NA', false),
('NC', false), ('NE', false), ('NF', false), ('NG', false), ('NI', false),
('NL', true), ('NO', false), ('NP', false), ('NR', false), ('NU', false),
('NZ', false), ('OM', false), ('PA', false), ('PE', false), ('PF', false),
('PG', false), ('PH', false), ('PK', false), ('PL', true), ('PM', false),
('PN', false), ('PR', false), ('PS', false), ('PT', true), ('PW', false),
('PY', false), ('QA', false), ('RE', false), ('RO', true), ('RS', false),
('RU', false), ('RW', false), ('SA', false), ('SB', false), ('SC', false),
('SD', false), ('SE', true), ('SG', false), ('SH', false), ('SI', true),
('SJ', false), ('SK', true), ('SL', false), ('SM', false), ('SN', false),
('SO', false), ('SR', false), ('SS', false), ('ST', false), ('SV', false),
('SX', false), ('SY', false), ('SZ', false), ('TC', false), ('TD', false),
('TF', false), ('TG', false), ('TH', false), ('TJ', false), ('TK', false),
('TL', false), ('TM', false), ('TN', false), ('TO', false), ('TR', false),
('TT', false), ('TV', false), ('TW', false), ('TZ', false), ('UA', false),
('UG', false), ('UM', false), ('US', false), ('UY', false), ('UZ', false),
('VA', false), ('VC', false), ('VE', false), ('VG', false), ('VI', false),
('VN', false), ('VU', false), ('WF', false), ('WS', false), ('YE', false),
('YT', false), ('ZA', false), ('ZM', false), ('ZW', false);

create table billing.seller_profiles (
    is_only_row boolean not null default true,
    name text not null,
    address_line1 text not null,
    postal_code text not null,
    city text not null,
    region text,
    country text not null,
    tax_registration_number text,
    email text not null,
    website text,
    iban text,
    bic text,
    bank_name text,
    billing_timezone text not null,
    payment_terms_days integer not null,
    invoice_prefix text not null,
    logo bytea,
    logo_media_type text,
    link_secret bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
    constraint seller_profiles_pkey primary key (is_only_row),
    constraint there_is_one_seller check (is_only_row),
    constraint seller_profiles_country_fkey foreign key (country) references billing.countries (country),
    constraint payment_terms_are_sane check (payment_terms_days between 0 and 365),
    constraint invoice_prefix_is_plain check (invoice_prefix ~ '^[A-Z][A-Z0-9]{0,9}$' and invoice_prefix <> 'CN'),
    constraint logo_matches_media_type check ((logo is null) = (logo_media_type is null))
);

comment on table billing.seller_profiles is 'The seller (company.toml): one row.';
comment on column billing.seller_profiles.billing_timezone
is 'IANA time zone in which days and months of billing begin and end.';
comment on column billing.seller_profiles.link_secret
is 'Key from which the unguessable tokens of payment links are derived; never leaves the database.';
