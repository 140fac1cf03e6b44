-- What a run finds due, in tables of the session like those of the staircase. Long for their columns.
create or replace function billing._begin_draft()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.begin_rating();
    if to_regclass('pg_temp.due_services') is null then
        create temporary table due_services (
            service_key text collate "C" not null, customer_id bigint not null, due_month date not null,
            is_due boolean not null, is_once boolean not null
        ) on commit delete rows;
        create temporary table changed_customers (
            customer_id bigint not null
        ) on commit delete rows;
        create temporary table billed_charges (
            charge_key text collate "C" not null, service_key text collate "C" not null, charge_kind text not null,
            subscription_id bigint, discount_id bigint, commitment_id bigint, charge_id bigint, plan_code text,
            price_id bigint, cell text, tier text, tier_position integer, is_tier_flat_amount boolean not null,
            quantity numeric not null, unit_amount numeric not null, gross_amount numeric not null,
            amount numeric not null, period_start date not null, period_end date not null, taxed_on date not null,
            invoice_id bigint not null
        ) on commit delete rows;
        create temporary table due_charges (
            charge_key text collate "C" not null, service_key text collate "C" not null, customer_id bigint not null,
            kind text not null, charge_kind text not null, subscription_id bigint, discount_id bigint,
            commitment_id bigint, charge_id bigint, plan_code text, price_id bigint, cell text, tier text,
            tier_position integer, is_tier_flat_amount boolean not null, first_day date, quantity numeric not null,
            used numeric, unit_amount numeric not null, gross_amount numeric not null, amount numeric not null,
            period_start date not null, period_end date not null, taxed_on date not null, corrects text
        ) on commit delete rows;
        create temporary table unbillable_customers (
            customer_id bigint not null, reason text not null
        ) on commit delete rows;
        create temporary table due_taxes (
            service_key text collate "C" not null, taxed_on date not null, customer_id bigint not null,
            tax_treatment text not null, tax_rate numeric not null, tax_name text not null, tax_country text not null,
            tax_region text
        ) on commit delete rows;
        create temporary table draft_taxes (
            customer_id bigint not null, tax_treatment text not null, tax_rate numeric not null,
            tax_name text not null, tax_country text not null, tax_region text, taxable numeric not null,
            tax numeric not null
        ) on commit delete rows;
    end if;
    perform billing.require_staging(array[
        'due_services', 'changed_customers', 'billed_charges', 'unbillable_customers', 'due_charges', 'due_taxes',
        'draft_taxes'
    ]);
    truncate
        pg_temp.due_services, pg_temp.changed_customers, pg_temp.billed_charges, pg_temp.unbillable_customers,
        pg_temp.due_charges, pg_temp.due_taxes, pg_temp.draft_taxes;
end;
$$;

comment on function billing._begin_draft ()
is 'Prepares the tables in which a run finds what is due.';
