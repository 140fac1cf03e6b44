delete from billing.locks
where name = 'event names';
drop table billing.event_batches;
