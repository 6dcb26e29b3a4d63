"""Award YAML by event: won is one claim, nominated are those that did not win."""

from __future__ import annotations

from typing import Any

from bound_documents import mention, told

EVENT = """# Valley Film Prizes
'2020':  # https://www.imdb.com/event/ev9000001/2020/1/
  valley prize:
    best film:
      nominee: [tt9000001, tt9000002, tt9000003]
      winner: [tt9000002]
    best song:
      nominee:
      - tt9000001
      - tt9000001
      winner: []
'1950-2':
  valley prize:
    best film:
      winner: tt9000004
"""


def test_winners_are_won_and_the_rest_nominated(read_format: Any) -> None:
    tables = read_format("imdb-awards", EVENT, "ev9000001.yml")
    award, event = "Award/ev9000001/valley prize", "imdb:ev9000001"
    assert tables.issues == ()
    assert told(tables, "AwardOutcome") == [
        (award, "imdb:tt9000002", event, "best film", 2020, "won"),
        (award, "imdb:tt9000001", event, "best film", 2020, "nominated"),
        (award, "imdb:tt9000003", event, "best film", 2020, "nominated"),
        (award, "imdb:tt9000001", event, "best song", 2020, "nominated"),
        (award, "imdb:tt9000004", event, "best film", "1950-2", 1950, "won"),
    ]
    assert tables.claims["AwardOutcome"]["row"].to_list() == [4, 4, 4, 7, 14]
    assert mention(tables, award)["name"] == "valley prize"
    assert mention(tables, event)["generic"] is True


def test_a_wrong_id_keeps_its_category_out(read_format: Any) -> None:
    tables = read_format("imdb-awards", EVENT.replace("tt9000003", "nobody"), "ev9000001.yml")
    (issue,) = tables.issues
    assert (issue.where, tables.source["n_read"], tables.source["n_quarantined"]) == ("line 4", 3, 1)
    assert "'nobody' is not an imdb id" in issue.message


def test_other_shapes_are_told(read_format: Any) -> None:
    tables = read_format("imdb-awards", "'2020':\n  prize:\n    best film:\n    - tt9000001\n", "ev9000001.yml")
    assert [(i.where, i.message) for i in tables.issues] == [("line 4", "the record is no map of keys and values")]
