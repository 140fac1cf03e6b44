-- Until now nothing kept the texts of the migrations that were applied, and some were rewritten while version 0.1.0 was
-- made. A database of such a state has other tables than the code expects: it is refused here, before anything is
-- changed, by what its tables consist of. From here on the text of each migration is kept when it is applied.
-- depends: 0015_create_webhook_watermarks

do $$
declare
    v_shape text;
begin
    select md5(string_agg(parts.part, chr(10) order by parts.part collate "C")) into v_shape
    from (
        select format(
            'column %s.%s %s %s',
            pg_class.relname,
            pg_attribute.attname,
            pg_catalog.format_type(pg_attribute.atttypid, pg_attribute.atttypmod),
            pg_attribute.attnotnull
        ) as part
        from pg_catalog.pg_attribute
        inner join pg_catalog.pg_class on pg_class.oid = pg_attribute.attrelid
        where
            pg_class.relnamespace = 'billing'::regnamespace
            and pg_class.relkind in ('r', 'p')
            and not pg_class.relispartition
            and pg_attribute.attnum > 0
            and not pg_attribute.attisdropped
        union all
        select format('constraint %s.%s', pg_class.relname, pg_constraint.conname)
        from pg_catalog.pg_constraint
        inner join pg_catalog.pg_class on pg_class.oid = pg_constraint.conrelid
        where
            pg_class.relnamespace = 'billing'::regnamespace
            and pg_class.relkind in ('r', 'p')
            and not pg_class.relispartition
            and pg_constraint.contype <> 'n'
    ) as parts;
    if v_shape <> 'c4ca43f6bc705ff171cd773489a3bc9d' then
        raise exception 'this database was made by other migrations than those that were released'
            using
                errcode = 'object_not_in_prerequisite_state',
                detail = format('Its tables differ from those of version 0.1.0 (%s).', v_shape),
                hint = 'Bring them to those of docs/schema.sql of version 0.1.0, or bill on in a new database.';
    end if;
end;
$$;
