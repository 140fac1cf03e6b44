"""What an owner or a superuser may do to a database: the statements, the object that is named, and what is said of it.

{} stands for the name of the database, {view} for the query of the view that is named.
"""

from __future__ import annotations

INVOICES = "table billing.invoices"
GUARD = "numbered_invoices_do_not_change"
ROUND = "function billing.round_amount(numeric,text)"
EVIL = "create function billing.evil() returns trigger language plpgsql as 'begin return new; end'"

PUT_BACK_BY_ITSELF = [
    # Guards and other triggers
    (f"drop trigger {GUARD} on billing.invoices", INVOICES, f"trigger {GUARD} is missing"),
    (f"alter table billing.invoices disable trigger {GUARD}", INVOICES, f"trigger {GUARD} is disabled: "),
    (f"alter table billing.invoices enable replica trigger {GUARD}", INVOICES, f"trigger {GUARD} is on replicas: "),
    (
        (
            f"create or replace trigger {GUARD} before delete on billing.invoices "
            "for each row execute function billing.forbid_numbered_invoice_change()"
        ),
        INVOICES,
        f"trigger {GUARD} is CREATE TRIGGER",
    ),
    (
        (
            f"create or replace trigger {GUARD} before update or delete on billing.invoices "
            "for each row execute function pg_catalog.suppress_redundant_updates_trigger()"
        ),
        INVOICES,
        "suppress_redundant_updates_trigger() instead of ",
    ),
    (
        (
            f"create or replace trigger {GUARD} before update or delete on billing.invoices for each row "
            "when (old.total > 1000000) execute function billing.forbid_numbered_invoice_change()"
        ),
        INVOICES,
        "WHEN ((old.total > ",
    ),
    (
        "alter table billing.payments disable trigger all",
        "table billing.payments",
        "switched-off trigger of constraint",
    ),
    (
        f"{EVIL}; create trigger evil before insert on billing.payments for each row execute function billing.evil()",
        "table billing.payments",
        "trigger evil is not declared",
    ),
    (
        "create rule skip as on delete to billing.payments do instead nothing",
        "table billing.payments",
        "rule skip is not declared",
    ),
    # Constraints, indexes, columns, row security
    ("alter table billing.invoices drop constraint total_is_subtotal_plus_tax", INVOICES, "is missing: CHECK ("),
    (
        (
            "alter table billing.invoices drop constraint total_is_subtotal_plus_tax, "
            "add constraint total_is_subtotal_plus_tax check (total = subtotal + tax) not valid"
        ),
        INVOICES,
        "constraint total_is_subtotal_plus_tax is CHECK ((total = (subtotal + tax))) NOT VALID instead of",
    ),
    (
        (
            "alter table billing.invoices drop constraint total_is_subtotal_plus_tax, "
            "add constraint total_is_subtotal_plus_tax check (total = total)"
        ),
        INVOICES,
        "constraint total_is_subtotal_plus_tax is CHECK ((total = total)) instead of",
    ),
    ("alter table billing.invoices drop constraint invoice_number_is_unique", INVOICES, "is missing: UNIQUE ("),
    (
        "alter table billing.invoices add constraint small check (total < 10)",
        INVOICES,
        "constraint small is not declared",
    ),
    (
        "drop index billing.billing_events_default_name_key",
        "table billing.billing_events_default",
        "unique index using btree (customer_id, event_key) is missing",
    ),
    (
        "drop index billing.billing_events_p20260201_name_key",
        "table billing.billing_events_p20260201",
        "unique index using btree (customer_id, event_key) is missing",
    ),
    (
        "create unique index one_each on billing.payments (customer_id)",
        "table billing.payments",
        "unique index using btree (customer_id) is not declared",
    ),
    (
        (
            "create function public.spy(text) returns text language sql immutable return $1; "
            "create index spied on billing.customers (public.spy(name))"
        ),
        "table billing.customers",
        "index using btree (public.spy(name)) is not declared",
    ),
    (
        "alter table billing.invoices alter column total drop not null",
        INVOICES,
        "column total is null instead of not null",
    ),
    (
        "alter table billing.work_items alter column claim set default 7",
        "table billing.work_items",
        "column claim is default 7 instead of default 0",
    ),
    (
        "alter table billing.payments enable row level security",
        "table billing.payments",
        "row security is not declared",
    ),
    (
        "create policy none on billing.payments using (false)",
        "table billing.payments",
        "policy none is not declared",
    ),
    # Owners
    ("alter table billing.invoices owner to postgres", INVOICES, "owner postgres is not declared"),
    ("alter function billing.round_amount(numeric, text) owner to postgres", ROUND, "owner postgres is not declared"),
    ("alter view reporting.aging owner to postgres", "view reporting.aging", "owner postgres is not declared"),
    ("alter schema billing owner to billing_worker", "schema billing", "owner billing_worker is not declared"),
    # Grants: too many, too few
    (
        "grant update on billing.invoices to billing_worker",
        INVOICES,
        "grant of update to billing_worker is not declared",
    ),
    (
        "grant update (due_on) on billing.invoices to billing_worker",
        INVOICES,
        "grant of update (due_on) to billing_worker is not declared",
    ),
    ("grant select on billing.invoices to public", INVOICES, "grant of select to public is not declared"),
    ("grant select on billing.invoices to stranger", INVOICES, "grant of select to stranger is not declared"),
    (
        "grant insert on billing.billing_events_p20260201 to billing_ingest",
        "table billing.billing_events_p20260201",
        "grant of insert to billing_ingest is not declared",
    ),
    (
        "grant select (link_secret) on billing.seller_profiles to billing_analyst",
        "table billing.seller_profiles",
        "grant of select (link_secret) to billing_analyst is not declared",
    ),
    (
        "grant execute on function billing.lock(text) to billing_reader",
        "function billing.lock(text)",
        "grant of execute to billing_reader is not declared",
    ),
    (
        "grant execute on function billing.void_invoice(text, text, date, boolean) to public",
        "function billing.void_invoice(text,text,date,boolean)",
        "grant of execute to public is not declared",
    ),
    ("grant create on schema billing to billing_worker", "schema billing", "grant of create to billing_worker is not"),
    ("grant usage on schema billing to public", "schema billing", "grant of usage to public is not declared"),
    (
        "grant select on deployment.fingerprints to billing_worker",
        "table deployment.fingerprints",
        "grant of select to billing_worker is not declared",
    ),
    ("grant select on reporting.aging to public", "view reporting.aging", "grant of select to public is not declared"),
    (
        "grant usage on sequence billing.invoices_invoice_id_seq to billing_reader",
        "sequence billing.invoices_invoice_id_seq",
        "grant of usage to billing_reader is not declared",
    ),
    (
        "revoke select on reporting.aging from billing_reader",
        "view reporting.aging",
        "grant of select to billing_reader is missing",
    ),
    (
        "revoke select on billing.invoices from billing_analyst",
        INVOICES,
        "grant of select to billing_analyst is missing",
    ),
    (
        "revoke execute on function billing.round_amount(numeric, text) from billing_reader",
        ROUND,
        "grant of execute to billing_reader is missing",
    ),
    (
        "revoke usage on schema billing from billing_worker",
        "schema billing",
        "grant of usage to billing_worker is missing",
    ),
    (
        "alter default privileges for role billing_owner in schema billing grant all on tables to billing_worker",
        "default privileges of billing_owner",
        "grant of delete on tables in schema billing to billing_worker is not declared",
    ),
    (
        "alter default privileges for role billing_owner grant execute on functions to public",
        "default privileges of billing_owner",
        "grant of execute on functions to public is not declared",
    ),
    (
        (
            "alter default privileges for role billing_owner in schema reporting "
            "revoke select on tables from billing_reader"
        ),
        "default privileges of billing_owner",
        "grant of select on tables in schema reporting to billing_reader is missing",
    ),
    # The server
    ("alter role billing_worker superuser", "role billing_worker", "attribute superuser is not declared"),
    ("alter role billing_ingest createrole", "role billing_ingest", "attribute createrole is not declared"),
    ("alter role billing_reader bypassrls", "role billing_reader", "attribute bypassrls is not declared"),
    ("grant pg_write_all_data to billing_worker", "role billing_worker", "membership in pg_write_all_data is not"),
    (
        "grant pg_read_all_data to billing_reader",
        "role billing_reader",
        "membership in pg_read_all_data is not declared",
    ),
    (
        "alter role billing_worker set session_replication_role = replica",
        "role billing_worker",
        "setting session_replication_role=replica is not declared",
    ),
    (
        "grant create on database {} to billing_worker",
        "the database",
        "grant of create to billing_worker is not declared",
    ),
    ("grant temporary on database {} to billing_reader", "the database", "grant of temporary to billing_reader is not"),
    ("grant connect on database {} to public", "the database", "grant of connect to public is not declared"),
]
PUT_BACK_BY_THE_FILES = [
    (
        (
            "create or replace function billing.forbid_numbered_invoice_change() returns trigger "
            "language plpgsql volatile "
            "security invoker set search_path = pg_catalog, pg_temp as 'begin return new; end'"
        ),
        "function billing.forbid_numbered_invoice_change()",
        "its body is not the declared one",
    ),
    (
        (
            "create or replace function billing.broken_invariants() "
            "returns table (invariant text, subject text, detail text) "
            "language sql stable security definer set search_path = pg_catalog, pg_temp "
            "as 'select null::text, null::text, null::text where false'"
        ),
        "function billing.broken_invariants()",
        "its body is not the declared one",
    ),
    (
        "alter function billing.broken_invariants() reset all",
        "function billing.broken_invariants()",
        "it is settings none instead of settings search_path=pg_catalog, pg_temp",
    ),
    (
        "alter function billing.round_amount(numeric, text) security definer",
        ROUND,
        "it is security definer instead of security invoker",
    ),
    ("alter function billing.round_amount(numeric, text) volatile", ROUND, "it is volatile instead of stable"),
    ("drop function billing.audit_head()", "function billing.audit_head()", "it is missing"),
    (
        (
            "create or replace view billing.invoice_balances with (security_invoker = true) as "
            "select * from ({view}) as former where total > 0"
        ),
        "view billing.invoice_balances",
        "its query is not the declared one",
    ),
]
NAMED = [
    (EVIL, "function billing.evil()", "it is not declared"),
    (
        "alter table billing.customers drop column postal_code cascade",
        "table billing.customers",
        "column postal_code is missing: text",
    ),
    ("alter table billing.customers add column note text", "table billing.customers", "column note is not declared"),
    ("create table billing.mine ()", "table billing.mine", "it is not declared"),
    ("create view reporting.mine as select 1 as one", "view reporting.mine", "it is not declared"),
    ("create domain billing.mine as text", "type billing.mine", "it is not declared"),
    (
        "create or replace view reporting.aging as select * from ({view}) as former where false",
        "view reporting.aging",
        "its query",
    ),
    ("drop view reporting.aging cascade", "view reporting.aging", "it is missing"),
    ("create table public.more () inherits (billing.payments)", "table billing.payments", "child public.more is not"),
    ("grant billing_owner to stranger", "role billing_owner", "member stranger is not declared"),
]
