"""The thirteen kinds of claim: their roles, attributes, closed values and shortcut triples.

This table is the only place that knows a claim's shape. Polars schemas, quads, SHACL checks, mappings and
queries are all read off it, so a new column is one line here and its term in ``ontology/``.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COMMON", "ENTITY_TYPES", "KINDS", "SCHEMES", "STATUSES", "Attribute", "ClaimKind", "Role", "Shortcut"]

ENTITY_TYPES = ("Person", "Organization", "Work", "Award", "Event", "Place", "Agreement")
STATUSES = ("asserted", "planned", "reported", "negated")

#: Closed value lists, each a SKOS scheme of the ontology; (scheme, value) names the concept.
SCHEMES: dict[str, tuple[str, ...]] = {
    "status": STATUSES,
    "credit": ("director", "writer", "producer", "executive producer", "co-producer", "actor", "voice",
               "composer", "creator", "character creator", "editor", "cinematographer", "self", "other"),
    "participation": ("delegate", "co-producer", "executive", "service", "producer"),
    "standing": ("majority", "minority", "parity", "financial"),
    "stage": ("writing", "development", "production", "distribution", "promotion", "operation"),
    "broadcast": ("airs", "commissions", "pre-buys"),
    "distribution": ("theatrical", "world sales", "video", "streaming", "any"),
    "result": ("won", "nominated", "shortlisted", "special mention"),
    "screening": ("premiere", "competition", "out of competition", "screening", "project"),
    "partnership": ("collaboration", "treaty", "joint fund", "fund membership", "mandate", "co-management"),
    "affiliation": ("founder", "owner", "employee", "member", "part of"),
    "place": ("nationality", "born in", "located in", "country of origin", "filmed in", "set in"),
    "work-relation": ("season of", "episode of", "part of", "based on", "inspired by", "remake of", "sequel of",
                      "known work of"),
    "work-fact": ("release date", "shoot date", "production date", "broadcast date", "runtime", "genre",
                  "language", "budget", "production year", "character", "subject", "title", "description", "end date",
                  "birth date", "death date", "profession"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Role:
    """A claim's slot for an entity.

    Attributes
    ----------
    name
        Column of the claim table; the RDF property is ``vocabulary.term(name)``.
    types
        Entity types the slot takes.
    many
        Whether the column is a list of entities.
    required
        Whether a claim without it is quarantined.
    """

    name: str
    types: tuple[str, ...]
    many: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    """A claim's slot for a value.

    Attributes
    ----------
    name
        Column of the claim table.
    dtype
        ``"string"``, ``"integer"``, ``"decimal"``, ``"boolean"`` or ``"date"`` (see :mod:`avgraph.dates`).
    scheme
        Name of the closed list in :data:`SCHEMES`, None for free values.
    required
        Whether a claim without it is quarantined.
    later
        Whether it came after claims had been given their IRIs: these change only where it is known.
    """

    name: str
    dtype: str = "string"
    scheme: str | None = None
    required: bool = False
    later: bool = False


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A plain triple said beside an asserted claim, so that everyday questions stay short.

    Attributes
    ----------
    subject, object
        Role columns (or, as object, an attribute column).
    predicate
        Prefixed name.
    when
        Attribute column and the values for which it holds; None for always.
    """

    subject: str
    predicate: str
    object: str
    when: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class ClaimKind:
    """One kind of claim; its class is ``av:<name>``, its table ``<table>.parquet``."""

    name: str
    table: str
    roles: tuple[Role, ...]
    attributes: tuple[Attribute, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    #: Of these roles at least one must be filled (beside the required ones).
    any_of: tuple[str, ...] = ()

    def role(self, name: str) -> Role:
        """Return the role called `name`."""
        return next(r for r in self.roles if r.name == name)

    @property
    def role_names(self) -> tuple[str, ...]:
        """Names of the role columns, in order."""
        return tuple(r.name for r in self.roles)

    @property
    def attribute_names(self) -> tuple[str, ...]:
        """Names of the attribute columns, in order."""
        return tuple(a.name for a in self.attributes)


#: Columns of every claim table beside the kind's own: (name, dtype).
COMMON: tuple[tuple[str, str], ...] = (
    ("claim", "string"),  # IRI
    ("source", "string"),  # workspace-relative path of the file
    ("status", "string"),
    ("confidence", "decimal"),  # 0..1
    ("method", "string"),  # rule or mapping id, with its version
    ("start", "integer"),  # half-open code-point offsets into Document.text
    ("end", "integer"),
    ("quote", "string"),  # Document.text[start:end], or the cells of the row
    ("row", "integer"),  # line number in the file, for records
    ("valid_from", "date"),
    ("valid_to", "date"),
    ("observed", "date"),  # when the source was published
)

_W, _P, _O, _PL = ("Work",), ("Person",), ("Organization",), ("Place",)
_AGENT = ("Person", "Organization")
_PARTY = ("Person", "Organization", "Place", "Agreement", "Event")


def _when(column: str, *values: str) -> tuple[str, tuple[str, ...]]:
    return (column, values)


_ALL = (
    ClaimKind(
        "Credit",
        "credit",
        (Role("work", _W, required=True), Role("agent", _AGENT, required=True)),
        (Attribute("role", scheme="credit", required=True), Attribute("character"), Attribute("job_title"),
         Attribute("billing", "integer"), Attribute("scope")),
        (Shortcut("work", "schema:director", "agent", _when("role", "director")),
         Shortcut("work", "av:writer", "agent", _when("role", "writer")),
         Shortcut("work", "schema:producer", "agent",
                  _when("role", "producer", "executive producer", "co-producer")),
         Shortcut("work", "schema:actor", "agent", _when("role", "actor", "voice")),
         Shortcut("work", "schema:musicBy", "agent", _when("role", "composer")),
         Shortcut("work", "schema:creator", "agent", _when("role", "creator", "character creator"))),
    ),
    ClaimKind(
        "Participation",
        "participation",
        (Role("work", _W, required=True), Role("organization", _O), Role("country", _PL)),
        (Attribute("role", scheme="participation", required=True), Attribute("standing", scheme="standing"),
         Attribute("share", "decimal"), Attribute("rank", "integer"), Attribute("plan"), Attribute("scope")),
        (Shortcut("work", "schema:productionCompany", "organization"),
         Shortcut("work", "av:coProducedBy", "organization", _when("role", "co-producer")),
         Shortcut("work", "av:coProductionCountry", "country")),
        any_of=("organization", "country"),
    ),
    ClaimKind(
        "Support",
        "support",
        (Role("funder", ("Organization", "Agreement", "Place"), required=True), Role("work", _W),
         Role("organization", ("Organization", "Agreement", "Person", "Event"))),
        (Attribute("scheme"), Attribute("stage", scheme="stage"), Attribute("amount", "decimal"),
         Attribute("currency"), Attribute("date", "date"), Attribute("purpose")),
        (Shortcut("work", "av:supportedBy", "funder"), Shortcut("organization", "av:supportedBy", "funder")),
        any_of=("work", "organization"),
    ),
    ClaimKind(
        "Broadcast",
        "broadcast",
        (Role("broadcaster", _O, required=True), Role("work", _W, required=True),
         Role("territories", _PL, many=True)),
        (Attribute("role", scheme="broadcast", required=True), Attribute("date", "date"), Attribute("scope")),
        (Shortcut("work", "av:broadcastBy", "broadcaster", _when("role", "airs")),
         Shortcut("work", "av:commissionedBy", "broadcaster", _when("role", "commissions")),
         Shortcut("work", "av:preBoughtBy", "broadcaster", _when("role", "pre-buys"))),
    ),
    ClaimKind(
        "Distribution",
        "distribution",
        (Role("company", _O, required=True), Role("work", _W, required=True),
         Role("territories", _PL, many=True)),
        (Attribute("distribution", scheme="distribution", required=True), Attribute("date", "date")),
        (Shortcut("work", "av:distributedBy", "company"),),
    ),
    ClaimKind(
        "AwardOutcome",
        "award_outcome",
        (Role("award", ("Award",), required=True), Role("work", _W),
         Role("recipients", ("Person", "Organization", "Work", "Place"), many=True), Role("event", ("Event",))),
        (Attribute("category"), Attribute("edition"), Attribute("year", "integer"),
         Attribute("result", scheme="result", required=True), Attribute("detail", later=True)),
        (Shortcut("recipients", "av:wonAward", "award", _when("result", "won")),
         Shortcut("work", "av:wonAward", "award", _when("result", "won")),
         Shortcut("recipients", "av:nominatedFor", "award", _when("result", "nominated", "shortlisted")),
         Shortcut("work", "av:nominatedFor", "award", _when("result", "nominated", "shortlisted"))),
        any_of=("work", "recipients"),
    ),
    ClaimKind(
        "Screening",
        "screening",
        (Role("work", _W, required=True), Role("event", ("Event",), required=True)),
        (Attribute("screening", scheme="screening", required=True), Attribute("section"),
         Attribute("edition"), Attribute("year", "integer"), Attribute("date", "date")),
        (Shortcut("work", "av:screenedAt", "event", _when(
            "screening", "premiere", "competition", "out of competition", "screening")),),
    ),
    ClaimKind(
        "Partnership",
        "partnership",
        (Role("parties", _PARTY, many=True, required=True), Role("work", _W),
         Role("instrument", ("Organization", "Agreement"))),
        (Attribute("partnership", scheme="partnership", required=True), Attribute("purpose"),
         Attribute("period")),
        (Shortcut("parties", "av:partnerOf", "parties"),),
    ),
    ClaimKind(
        "Affiliation",
        "affiliation",
        (Role("agent", _PARTY, required=True), Role("organization", _PARTY, required=True)),
        (Attribute("role", scheme="affiliation", required=True), Attribute("job_title"), Attribute("period")),
        (Shortcut("organization", "schema:founder", "agent", _when("role", "founder")),
         Shortcut("organization", "av:ownedBy", "agent", _when("role", "owner")),
         Shortcut("agent", "schema:worksFor", "organization", _when("role", "employee")),
         Shortcut("agent", "schema:memberOf", "organization", _when("role", "member")),
         Shortcut("agent", "av:partOf", "organization", _when("role", "part of"))),
    ),
    ClaimKind(
        "PlaceRelation",
        "place_relation",
        (Role("entity", ("Person", "Organization", "Work", "Event", "Award", "Agreement", "Place"), required=True),
         Role("place", _PL, required=True)),
        (Attribute("relation", scheme="place", required=True), Attribute("rank", "integer"),
         Attribute("standing", scheme="standing")),
        (Shortcut("entity", "schema:nationality", "place", _when("relation", "nationality")),
         Shortcut("entity", "schema:birthPlace", "place", _when("relation", "born in")),
         Shortcut("entity", "schema:location", "place", _when("relation", "located in")),
         Shortcut("entity", "schema:countryOfOrigin", "place", _when("relation", "country of origin")),
         Shortcut("entity", "av:filmedIn", "place", _when("relation", "filmed in")),
         Shortcut("entity", "schema:contentLocation", "place", _when("relation", "set in"))),
    ),
    ClaimKind(
        "WorkRelation",
        "work_relation",
        (Role("work", _W, required=True), Role("other", ("Work", "Person"), required=True)),
        (Attribute("relation", scheme="work-relation", required=True), Attribute("season", "integer"),
         Attribute("episode", "integer"), Attribute("detail")),
        (Shortcut("work", "schema:partOfSeries", "other", _when("relation", "season of", "episode of")),
         Shortcut("work", "schema:isPartOf", "other", _when("relation", "part of")),
         Shortcut("work", "schema:isBasedOn", "other", _when("relation", "based on", "remake of")),
         Shortcut("work", "av:inspiredBy", "other", _when("relation", "inspired by")),
         Shortcut("work", "av:sequelOf", "other", _when("relation", "sequel of"))),
    ),
    ClaimKind(
        "WorkFact",
        "work_fact",
        (Role("work", ("Work", "Agreement", "Event", "Organization", "Person"), required=True),
         Role("territories", _PL, many=True)),
        (Attribute("property", scheme="work-fact", required=True), Attribute("value", required=True),
         Attribute("unit"), Attribute("scope"), Attribute("value_language", later=True)),
        (Shortcut("work", "schema:datePublished", "value", _when("property", "release date")),
         Shortcut("work", "av:productionYear", "value", _when("property", "production year")),
         Shortcut("work", "schema:genre", "value", _when("property", "genre")),
         Shortcut("work", "av:hasCharacter", "value", _when("property", "character")),
         Shortcut("work", "schema:about", "value", _when("property", "subject")),
         Shortcut("work", "schema:inLanguage", "value", _when("property", "language")),
         Shortcut("work", "schema:birthDate", "value", _when("property", "birth date")),
         Shortcut("work", "schema:deathDate", "value", _when("property", "death date"))),
    ),
    ClaimKind(
        "Statistic",
        "statistic",
        (Role("subject", ENTITY_TYPES, required=True), Role("parties", _PARTY, many=True)),
        (Attribute("measure", required=True), Attribute("value", "decimal"), Attribute("unit"),
         Attribute("approximate", "boolean"), Attribute("period"), Attribute("scope")),
    ),
)  # fmt: skip

KINDS: dict[str, ClaimKind] = {kind.name: kind for kind in _ALL}
