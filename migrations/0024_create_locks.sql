-- Rows to be locked by whoever must be alone at something: advisory locks can be taken by every session of the server,
-- these only through the functions of the engine.
-- depends: 0023_create_checkout_sessions

set local role billing_owner;

create table billing.locks (
    name text not null,
    leader_pid integer,
    leader_key bigint,
    constraint locks_pkey primary key (name),
    constraint only_schedules_have_a_leader check (name = 'schedule' or leader_pid is null),
    constraint leader_is_known_by_both check ((leader_pid is null) = (leader_key is null))
);

comment on table billing.locks is 'What one transaction at a time may do; billing._lock takes a row to the end of the transaction.';
comment on column billing.locks.leader_pid
is 'Server process of the schedule that leads; null: none ever has. Whether it still does: see billing.try_lead.';
comment on column billing.locks.leader_key
is 'Advisory lock that the session of the leader holds: random, and nobody ever waits for it.';

insert into billing.locks (name)
values ('run'), ('audit log'), ('event partitions'), ('rejected events'), ('schedule');
