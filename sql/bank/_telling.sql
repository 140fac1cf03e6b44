-- Banks and payers fill a field that must not stay empty: NOTPROVIDED, N/A, 0000, nicht angegeben.
create or replace function billing._telling(p_text text)
returns text
language sql
immutable
parallel safe
security invoker
as $$
select plain.text
from (select billing._plain_name(p_text) as text) as plain
where
    rtrim(plain.text, '0') <> all (array[
        '', 'NA', 'NB', 'NONE', 'NULL', 'NIL', 'NOTPROVIDED', 'NOTAVAILABLE', 'NOTSPECIFIED', 'NOTAPPLICABLE',
        'NOTGIVEN', 'NOTKNOWN', 'UNKNOWN', 'NONREF', 'NOREF', 'NOREFERENCE', 'NOENDTOENDID', 'NOE2EID', 'NOTE2EID',
        'EREF', 'KREF', 'MREF', 'PREF', 'MARF', 'NICHTANGEGEBEN', 'NICHTVORHANDEN', 'NICHTBEKANNT', 'UNBEKANNT',
        'KEINE', 'KEINEANGABE', 'KEINEANGABEN', 'KEINEREFERENZ', 'OHNE', 'OHNEANGABE', 'OHNEREFERENZ', 'DIVERSE',
        'NIETOPGEGEVEN', 'NONFOURNI', 'NONRENSEIGNE', 'NONDEFINI', 'NESSUNO', 'NINGUNO', 'NOPROPORCIONADO'
    ])
$$;

comment on function billing._telling (text)
is 'A text as it can be compared, without case, punctuation and spaces; null for what only fills the field.';
