from __future__ import annotations

from avgraph.model import Collector


def iri(**more: str) -> str:
    c = Collector("records/a.csv")
    award, work = c.mention("a", "Award", "A"), c.mention("w", "Work", "W")
    c.claim("AwardOutcome", award=award, work=work, result="won", row=2, **more)
    return str(c.tables({}).claims["AwardOutcome"]["claim"][0])


def test_an_attribute_that_came_later_leaves_older_claims_their_iri() -> None:
    assert iri() == "claim/award-outcome/ee9b74e501c148b28a3ac27e"  # as given before award outcomes had a detail
    assert len({iri(), iri(detail="x"), iri(detail="y"), iri(category="x")}) == 4
