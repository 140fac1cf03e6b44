-- Whoever gives a reference to one payment needs some digits or letters for it.
create or replace function billing._telling_reference(p_reference text)
returns text
language sql
immutable
parallel safe
security invoker
as $$
select said.reference
from (select billing._telling(p_reference) as reference) as said
where
    length(said.reference) >= 6
    and said.reference ~ '[0-9]'
    and said.reference !~ '^(.)\1*$'
$$;

comment on function billing._telling_reference (text)
is 'An end-to-end id as it can be compared; null for one that proves nothing: a placeholder, short, or without a digit.';
