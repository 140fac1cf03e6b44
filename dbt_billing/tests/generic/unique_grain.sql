{# The columns that name a row name one: the grain that the first sentence of the description says. Nulls are values. #}
{% test unique_grain(model, columns) %}
select
    {{ columns | join(', ') }}
from {{ model }}
group by
    {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
