{# The columns that name a row name one: the grain that the description's first sentence says. Nulls are a value here. #}
{% test unique_grain(model, columns) %}
select
    {{ columns | join(', ') }}
from {{ model }}
group by
    {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
