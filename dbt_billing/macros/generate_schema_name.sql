{# Schemas are called what the models say: analytics and reporting, whoever runs dbt against whatever target. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
