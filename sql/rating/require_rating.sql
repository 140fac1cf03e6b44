create or replace function billing.require_rating()
returns void
language sql
stable
security invoker
return billing.require_staging(array[
    'rating_scopes', 'rated_segments', 'rated_periods', 'rated_prices', 'rated_quantities', 'rated_charges',
    'rated_discounts'
]);

comment on function billing.require_rating ()
is 'Raises unless the tables of the staircase are in this session as the engine made them.';
