-- Whoever plans, ends or withdraws a piece of work changes its subject; the queue follows in the same statement, and a
-- claim on what is not open any more ends there. Its arguments: the kind of work, and the key of its table. Nothing but
-- the changed rows is looked at, however much is open or done.
create or replace function billing.queue_open_work()
returns trigger
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    c_kind constant text := tg_argv[0];
    v_subject_ids bigint[];
begin
    execute format('select array(select %I from changed)', tg_argv[1]) into v_subject_ids;
    insert into billing.work_items (kind, subject_id, document_number, dated_on, claim)
    select
        subjects.kind,
        subjects.subject_id,
        subjects.document_number,
        subjects.dated_on,
        subjects.claim
    from billing.open_subjects() as subjects
    where subjects.kind = c_kind and subjects.subject_id = any(v_subject_ids)
    on conflict (kind, subject_id) do update
    set
        document_number = excluded.document_number,
        dated_on = excluded.dated_on
    where work_items.document_number <> excluded.document_number or work_items.dated_on <> excluded.dated_on;
    delete from billing.work_items
    where
        work_items.kind = c_kind
        and work_items.subject_id in (
            select unnest(v_subject_ids)
            except
            select subjects.subject_id
            from billing.open_subjects() as subjects
            where subjects.kind = c_kind and subjects.subject_id = any(v_subject_ids)
        );
    return null;
end;
$$;

comment on function billing.queue_open_work ()
is 'A row of the queue is there exactly while its subject is open.';

create or replace trigger new_documents_are_queued
after insert on billing.documents
referencing new table as changed
for each statement execute function billing.queue_open_work('document', 'document_id');

create or replace trigger open_documents_are_queued
after update on billing.documents
referencing new table as changed
for each statement execute function billing.queue_open_work('document', 'document_id');

create or replace trigger new_charges_are_queued
after insert on billing.payment_attempts
referencing new table as changed
for each statement execute function billing.queue_open_work('charge', 'payment_attempt_id');

create or replace trigger open_charges_are_queued
after update on billing.payment_attempts
referencing new table as changed
for each statement execute function billing.queue_open_work('charge', 'payment_attempt_id');

create or replace trigger new_refunds_are_queued
after insert on billing.refunds
referencing new table as changed
for each statement execute function billing.queue_open_work('refund', 'refund_id');

create or replace trigger open_refunds_are_queued
after update on billing.refunds
referencing new table as changed
for each statement execute function billing.queue_open_work('refund', 'refund_id');

create or replace trigger new_emails_are_queued
after insert on billing.emails
referencing new table as changed
for each statement execute function billing.queue_open_work('email', 'email_id');

create or replace trigger open_emails_are_queued
after update on billing.emails
referencing new table as changed
for each statement execute function billing.queue_open_work('email', 'email_id');
