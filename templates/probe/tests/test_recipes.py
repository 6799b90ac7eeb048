"""Layouts have ids, and a search can be asked to do without some of them."""

import pytest
from probing import outcomes, probe, request

from recipes import Form, Recipe, excludes

RECIPE = Recipe(Form("value", "append"), "call|[q], p", "pkg:RX", {"lit": None})


def test_the_id_of_a_layout_names_no_package():
    assert RECIPE.layout == "value|call|[q], p"


@pytest.mark.parametrize(
    ("excluded", "expected"),
    [
        ("value|call|[q], p", True),
        ("value|call", True),
        ("value", True),
        ("[q], p", True),
        ("call", True),
        ("val", False),
        ("q, p", False),
        ("value|[q], p", False),
    ],
)
def test_a_layout_is_excluded_by_its_id_its_beginning_or_a_part(excluded, expected):
    assert excludes([excluded], RECIPE.layout) is expected
    assert excludes(["other", excluded], RECIPE.layout) is expected


def test_a_search_without_the_layout_that_serves(tmp_path):
    found = probe(tmp_path, request("subscripts"))
    assert found["layouts"] == ["item|subscript"]
    without = probe(tmp_path, request("subscripts", exclude_layouts=["subscript"]))
    assert outcomes(without, "right") == set()
    assert without["stage"] in ("object", "x")
