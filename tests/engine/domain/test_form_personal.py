from __future__ import annotations

import pytest

from engine.domain.form import Form
from engine.errors import InvalidFormSchema


@pytest.mark.parametrize(
    ("properties", "reason"),
    [("personal", "must be an object"), ({"personal": "yes"}, "must be true or false")],
)
def test_personal_mark_that_means_nothing_is_refused(properties, reason):
    field = {"type": "textfield", "key": "name", "id": "name", "properties": properties}

    with pytest.raises(InvalidFormSchema, match=reason):
        Form.parse({"type": "default", "components": [field]}, source="f.form")
