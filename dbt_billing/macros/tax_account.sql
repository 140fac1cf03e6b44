{# The account of the journal for a tax: tax_DE_0.19. #}
{% macro tax_account(country, rate) -%}
    'tax_' || {{ country }} || '_' || trim_scale({{ rate }})
{%- endmacro %}
