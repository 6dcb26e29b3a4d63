from __future__ import annotations

import pytest

from avgraph.extraction import Extractor
from avgraph.model import Document

pytest.importorskip("onnxruntime", reason="needs the articles extra")


def amounts(text: str, language: str) -> dict[str, str | None]:
    facts = Extractor().extract(Document("a.txt", text, language=language)).facts
    return {f.subject: f.qualifiers.get("amount") for f in facts if f.relation == "supported"}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("“Quiet Bay” was supported by Eurimages (€200,000) and the Polish Film Institute (PLN 1 million).",
         {"Eurimages": "€200,000", "Polish Film Institute": "PLN 1 million"}),
        ("“Quiet Bay” received €200,000 from Eurimages and €150,000 from the Polish Film Institute.",
         {"Eurimages": "€200,000", "Polish Film Institute": "€150,000"}),
        ("“Quiet Bay” is supported by Eurimages with €200,000 and by the Polish Film Institute with PLN 1 million.",
         {"Eurimages": "€200,000", "Polish Film Institute": "PLN 1 million"}),
        ("“Quiet Bay” was backed by Eurimages, the Danish Film Institute and Wallimage (€90,000).",
         {"Eurimages": None, "Danish Film Institute": None, "Wallimage": "€90,000"}),
        ("“Quiet Bay” received support of €200,000 from Eurimages and the Polish Film Institute.",
         {"Eurimages": None, "Polish Film Institute": None}),
        ("“Quiet Bay” is a drama. The Danish Film Institute backed the film with DKK 6.5 million, and Eurimages "
         "granted it €350,000.", {"Danish Film Institute": "DKK 6.5 million", "Eurimages": "€350,000"}),
        ("Wallimage supported “Quiet Bay”: it paid two thirds of a budget of €220,000.", {"Wallimage": None}),
        ("Eurimages awarded €200,000 to “Quiet Bay” and Wallimage put €90,000 into “Red Harbour”.",
         {"Eurimages": "€200,000", "Wallimage": "€90,000"}),
    ],
)  # fmt: skip
def test_each_funder_has_its_own_sum_or_none(sentence: str, expected: dict[str, str | None]):
    assert amounts(sentence, "en") == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("« Vent de sel » a reçu le soutien d'Eurimages (200 000 euros) et du Fonds des médias du Canada "
         "(150 000 euros).", {"Eurimages": "200 000 euros", "Fonds des médias du Canada": "150 000 euros"}),
        ("« Vent de sel » est soutenu par Eurimages à hauteur de 200 000 euros et par Wallimage pour 90 000 euros.",
         {"Eurimages": "200 000 euros", "Wallimage": "90 000 euros"}),
        ("« Vent de sel » a obtenu 200 000 euros d'Eurimages et 150 000 euros de Wallimage.",
         {"Eurimages": "200 000 euros", "Wallimage": "150 000 euros"}),
    ],
)  # fmt: skip
def test_each_french_funder_has_its_own_sum(sentence: str, expected: dict[str, str | None]):
    assert amounts(sentence, "fr") == expected


def test_the_models_funders_share_no_sum():
    several = "Der Film „Nachtfahrt“ von Anna Kessler wurde vom Medienboard Berlin-Brandenburg mit 600.000 Euro, vom Deutschen Filmförderfonds und vom Österreichischen Filminstitut gefördert."  # noqa: E501
    assert "600.000 Euro" not in [a for name, a in amounts(several, "de").items() if "Medienboard" not in name]
    both = "„Nachtfahrt“ wird vom Medienboard Berlin-Brandenburg mit 600.000 Euro und von der Film- und Medienstiftung NRW mit 400.000 Euro gefördert."  # noqa: E501
    assert amounts(both, "de") == {
        "Medienboard Berlin-Brandenburg": "600.000 Euro",
        "Film- und Medienstiftung NRW": "400.000 Euro",
    }
