"""Every operation of the OpenAPI document, with whatever schemathesis thinks of: no answer is an error of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

if TYPE_CHECKING:
    from tests.orchestrator.web.served import Served

EXAMPLES = 15


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_no_request_is_answered_with_an_error_of_ours(served: Served) -> None:
    with served.api() as client:
        schema = schemathesis.openapi.from_dict(client.get("/api/openapi.json").json())
        for result in schema.get_all_operations():
            assert isinstance(result, Ok)
            operation = result.ok()

            @given(data=st.data())
            @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
            def ask(data: st.DataObject) -> None:
                case = data.draw(operation.as_strategy())  # noqa: B023 - called at once
                answer = client.request(case.method, case.formatted_path, params=case.query)
                assert answer.status_code in {200, 400, 401, 404}, (case.formatted_path, case.query, answer.text)

            ask()
