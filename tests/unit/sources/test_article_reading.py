from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from avgraph.errors import SourceError
from avgraph.model import BLOCK_KINDS, Document
from avgraph.sources import ArticleRead, read_article
from avgraph.sources.article import MAX_ARTICLE_BYTES
from avgraph.sources.language import detect_language

PAGE = """<!doctype html><html lang="fr-BE"><head><title>Un film | Le Site</title>
<meta property="og:site_name" content="Le Site"><link rel="canonical" href="https://site.example/un-film">
<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "datePublished": "2014-03"}]}</script></head>
<body><nav><a href="/">Accueil</a> <a href="/x">Tous les films</a></nav><article><h1>Un film de Jean</h1>
<p class="chapo">Le chapeau de l'article dit que Jean a tourné <b>un film</b> au Luxembourg.</p><h2>Le tournage</h2>
<p>Premier paragraphe avec <a href="x">Samsa Film</a> et d'autres mots en nombre suffisant.<br>Ligne après.</p>
<ul><li>Un <em>premier</em> point</li><li>Deux</li></ul>
<table><tr><th>Film</th><th>Pays</th></tr><tr><td>A</td><td>BE</td></tr></table>
<figure><img src="a.jpg"><figcaption>L'équipe à Esch-sur-Alzette</figcaption></figure>
<p>Lire aussi : les fonds régionaux</p><script>var evil = "script";</script>
<p>Un dernier paragraphe termine cet article par une phrase assez longue.</p></article></body></html>"""


def article(tmp_path: Path, content: str | bytes, name: str = "a.txt") -> ArticleRead:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    read = read_article(path, f"articles/{name}")
    end = 0
    for block in read.document.blocks:
        assert block.kind in BLOCK_KINDS
        assert read.document.text[end : block.start].strip() == ""
        piece = read.document.text[block.start : block.end]
        assert piece
        assert piece == piece.strip()
        end = block.end
    assert read.document.text[end:].strip() == ""
    return read


def blocks(document: Document) -> list[tuple[str, str]]:
    return [(b.kind, document.text[b.start : b.end]) for b in document.blocks]


def test_page(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    document = article(tmp_path, PAGE, "a.html").document
    assert (document.title, document.publisher, document.date) == ("Un film de Jean", "Le Site", "2014-03")
    assert (document.language, document.url, document.path) == ("fr", "https://site.example/un-film", "articles/a.html")
    assert blocks(document) == [
        ("headline", "Un film de Jean"),
        ("lead", "Le chapeau de l'article dit que Jean a tourné un film au Luxembourg."),
        ("heading", "Le tournage"),
        ("paragraph", "Premier paragraphe avec Samsa Film et d'autres mots en nombre suffisant."),
        ("paragraph", "Ligne après."),
        ("list-item", "Un premier point"),
        ("list-item", "Deux"),
        ("table-row", "Film | Pays"),
        ("table-row", "A | BE"),
        ("caption", "L'équipe à Esch-sur-Alzette"),
        ("boilerplate", "Lire aussi : les fonds régionaux"),
        ("paragraph", "Un dernier paragraphe termine cet article par une phrase assez longue."),
    ]


def test_blocks_inside_the_cells_of_a_layout_table_stay_blocks(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    page = """<html><head><title>Newsletter</title></head><body><table><tr><td>
    <h3>PRODUCTION</h3><ul><li>Samsa Film has started the shoot of “Salt Road” in Esch-sur-Alzette this week.</li>
    <li>Menuet will produce “Low Tide” by Anna Novak with Dune Films of Liège.</li></ul>
    <h3>SALES</h3><p>Charades sold “Red Harbour” to twelve countries at the market in Cannes.</p>
    <table><tr><th>Film</th><th>Country</th></tr><tr><td>Salt Road</td><td>LU</td></tr></table>
    </td></tr></table></body></html>"""
    blocks = article(tmp_path, page, "a.html").document
    found = [(b.kind, blocks.text[b.start : b.end]) for b in blocks.blocks]
    assert ("heading", "PRODUCTION") in found
    assert ("heading", "SALES") in found
    assert ("list-item", "Menuet will produce “Low Tide” by Anna Novak with Dune Films of Liège.") in found
    assert ("table-row", "Salt Road | LU") in found
    assert [text for kind, text in found if kind == "table-row"] == ["Film | Country", "Salt Road | LU"]


@pytest.mark.parametrize(
    ("tag", "date"),
    [
        ('<meta name="date" content="2014">', "2014"),
        ('<meta property="article:published_time" content="2019-10-16T10:00:00+02:00">', "2019-10-16"),
        ('<meta name="pubdate" content="Wed, 16 Oct 2019 10:00:00 GMT">', "2019-10-16"),
        ('<meta property="og:url" content="https://x.example/2018/11/12/unite-42/">', "2018-11-12"),
        ("", None),
    ],
)
def test_the_date_is_as_precise_as_the_page(tmp_path: Path, tag: str, date: str | None) -> None:
    pytest.importorskip("trafilatura")
    page = f"<html><head>{tag}</head><body><p>La série a été tournée en 2010 à Bruxelles et au Luxembourg.</p></body></html>"  # noqa: E501
    document = article(tmp_path, page, "a.html").document
    assert document.date == date
    assert document.language == "fr"


def test_declared_charset_is_used_and_a_guess_is_told(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    page = (
        "<html><head><meta charset='iso-8859-1'></head><body><p>Élan près d’Ixelles – où l'été dure.</p></body></html>"
    )
    read = article(tmp_path, page.encode("windows-1252"), "a.html")
    assert "Élan près d’Ixelles – où l'été dure." in read.document.text
    assert read.issues == ()
    read = article(tmp_path, "L'été à Liège a été très réussi, même près des forêts.".encode("windows-1252"))
    assert "été à Liège" in read.document.text
    (issue,) = read.issues
    assert issue.severity == "warning"
    assert "windows-1252" in issue.message


@pytest.mark.parametrize(
    "html",
    [
        "<html><body>" + "<div>" * 100_000 + "<p>deep words</p>",
        "<b><i>" * 100_000 + "deep words",
        "<html><body><table>" + "<tr><td>" * 5_000 + "deep words",
        "<html><body><p>deep words",
        "<p>deep words</p>",
        "deep words",
        '<!DOCTYPE html [<!ENTITY a "deep words"><!ENTITY b "&a;&a;&a;">]><html><body><p>&b;&b; deep words</p>',
        "<html><body><p>deep words <a href='" + "x" * 300_000,
    ],
)
def test_hostile_and_broken_pages_end_in_text_or_a_clear_error(tmp_path: Path, html: str) -> None:
    pytest.importorskip("trafilatura")
    error: SourceError | None = None
    text = ""
    try:
        text = article(tmp_path, html, "a.html").document.text
    except SourceError as caught:
        error = caught
    assert "deep words" in text or (error is not None and error.hint and error.where == "articles/a.html")


def test_scripts_are_no_text(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    with pytest.raises(SourceError, match="holds no text"):
        article(
            tmp_path,
            "<html><head><style>p {}</style></head><body><script>var x = '<p>evil</p>';</script></body></html>",
            "a.html",
        )


def test_a_page_cut_inside_a_tag_is_told(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    read = article(tmp_path, PAGE[: PAGE.index("<figcaption>") + 5], "a.html")
    assert "cut short" in read.issues[0].message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \n\r\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"title: X\ndate: 2019\n---\n\n", "no text"),
        (b"abc\x00def", "binary"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04abc", "ZIP"),
        (b"a" * (MAX_ARTICLE_BYTES + 1), "20,000,001 bytes"),
    ],
)
def test_what_is_no_article(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        article(tmp_path, content)
    assert caught.value.hint
    assert caught.value.where == "articles/a.txt"


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(SourceError, match="cannot be read"):
            read_article(path, "articles/x.txt")


def test_plain_text_with_header(tmp_path: Path) -> None:
    text = (
        "title: Unité 42 à Genève\r\npublisher: La Gazette\r\ndate: 12/11/2018\r\nlanguage: fr\r\nnote: x\r\n---\r\n"
        "Unité 42 à Genève\r\n\r\nLa série a été primée.\r\n\r\nLE PALMARÈS\r\n\r\nQui a gagné ?\r\n"
        "— Samsa Film, pour la série ;\r\n— Artémis.\r\n\r\nRéalisation : Indra Siera\r\nMusique : Daniel Offermann\r\n\r\n"  # noqa: E501
        "Abonnez-vous à notre lettre\r\n"
    )
    read = article(tmp_path, text)
    document = read.document
    assert (document.title, document.publisher, document.date, document.language) == (
        "Unité 42 à Genève", "La Gazette", "2018-11-12", "fr",
    )  # fmt: skip
    assert blocks(document) == [
        ("headline", "Unité 42 à Genève"),
        ("lead", "La série a été primée."),
        ("heading", "LE PALMARÈS"),
        ("paragraph", "Qui a gagné ?"),
        ("list-item", "— Samsa Film, pour la série ;"),
        ("list-item", "— Artémis."),
        ("paragraph", "Réalisation : Indra Siera"),
        ("paragraph", "Musique : Daniel Offermann"),
        ("boilerplate", "Abonnez-vous à notre lettre"),
    ]
    assert "\r" not in document.text
    assert len(read.sha256) == 64


def test_wrapped_prose_is_one_paragraph_and_characters_stay(tmp_path: Path) -> None:
    text = (
        "The film was produced by a company that was set up in Brussels in the\n"
        "summer of 2004 and has since made twelve features, most of them with\n"
        "Luxembourg partners.\n\nCafe\u0301\u00a0noir (ﬁlm) stays as it is written here."
    )
    document = article(tmp_path, text).document
    assert len(document.blocks) == 2
    assert document.text == text
    assert document.language == "en"


def test_header_dates_and_languages_that_are_none_are_told(tmp_path: Path) -> None:
    read = article(tmp_path, "title: A\ndate: 2018 dump\nlanguage: klingonish\n---\nShort text.\n")
    assert (read.document.date, read.document.language) == (None, None)
    assert [i.where for i in read.issues] == ["date", "language"]


SHORT = {
    "en": ("“Cargo” is directed by Gilles Coulier and produced by De Wereldvrede Films.",
           "Director Jean-Pierre Dardenne’s “L’Enfant” won the Palme d’Or at the 2005 Cannes Film Festival."),
    "fr": ("« Gutland » est réalisé par Govinda Van Maele.", "Le prix est allé à « Das weisse Band »."),
    "nl": ("De film “Close” van Lukas Dhont won de Grand Prix in Cannes.",
           "Fien Troch regisseert “Holly”, een film over een meisje."),
    "de": ("„Gutland“ ist ein Film von Govinda Van Maele.", "Regie führt Lukas Dhont, die Musik ist von Howard Shore."),
    None: ("Il film è prodotto da Fandango in coproduzione con Les Films du Fleuve.",
           "La película está producida por El Deseo y distribuida por Sony Pictures Classics.",
           "Filmen er produceret af Zentropa Entertainments med støtte fra Det Danske Filminstitut.",
           "O filme é produzido por O Som e a Fúria em coprodução com a Komplizen Film.",
           "La pel·lícula és produïda per Avalon i Vilaüt Films amb el suport de TV3.",
           "De Film “Superjhemp Retörns” vum Félix Koch gouf vu Samsa Film produzéiert.",
           "Die reeks is in Kaapstad geskiet met steun van die NFVF en kykNET.",
           "Фильм «Левиафан» Андрея Звягинцева получил приз за лучший сценарий в Каннах.",
           "Gilles Coulier, Lukas Dhont, Fien Troch, Felix van Groeningen", "Regie: Anna Kessler"),
}  # fmt: skip


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in SHORT.items() for text in texts])
def test_a_sentence_is_enough_to_recognise_a_language_that_is_read(language: str | None, text: str) -> None:
    pytest.importorskip("py3langid")
    assert detect_language(text) == language


def test_a_text_with_a_colon_line_has_no_header(tmp_path: Path) -> None:
    text = "Drama: a genre\nwith two lines\n---\nand a rule"
    assert article(tmp_path, text).document.text == text


def test_markdown(tmp_path: Path) -> None:
    text = (
        '---\ntitle: "Un film"\ndate: 2014-03\ntags:\n  - a\n---\n# Un film\n\nUn **beau** film de '
        "[Samsa Film](http://x.y/(a)) et *Jean*, snake_case_name.\n\nDates\n-----\n\n- a\n- b `c`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"  # noqa: E501
        "![Sur le plateau](x.jpg)\n\n```\ncode\n```\n\n<!-- hidden -->\n> Cité \\*ainsi\\*.\n"
    )
    document = article(tmp_path, text, "a.md").document
    assert (document.title, document.date) == ("Un film", "2014-03")
    assert blocks(document) == [
        ("headline", "Un film"),
        ("lead", "Un beau film de Samsa Film et Jean, snake_case_name."),
        ("heading", "Dates"),
        ("list-item", "a"),
        ("list-item", "b c"),
        ("table-row", "a | b"),
        ("table-row", "1 | 2"),
        ("caption", "Sur le plateau"),
        ("paragraph", "Cité *ainsi*."),
    ]


def test_importing_sources_is_light() -> None:
    code = "import sys, avgraph.sources; print([m for m in ('trafilatura', 'py3langid', 'fastexcel', 'lxml') if m in sys.modules])"  # noqa: E501
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_missing_extra_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(SourceError) as caught:
        article(tmp_path, PAGE, "a.html")
    assert caught.value.hint == "pip install 'avgraph[articles]'"


def nested(n_tags: int, after: str = "") -> str:
    inner = "<div>" * n_tags + "<p>The film was shot in Belgium.</p>" + "</div>" * n_tags
    return f'<!doctype html><html lang="en"><body>{inner}{after}</body></html>'


def test_a_page_nested_too_deep_is_called_so(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    assert "shot in Belgium" in article(tmp_path, nested(250), "a.html").document.text
    for n_tags in (254, 3000):
        with pytest.raises(SourceError, match="nested too deep to be read") as caught:
            article(tmp_path, nested(n_tags), "a.html")
        assert "save its text" in str(caught.value.hint)


def test_a_page_of_which_the_rest_is_nested_too_deep_is_read_with_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    page = nested(300).replace("<body>", "<body><p>The story begins with a short paragraph about a film.</p>")
    read = article(tmp_path, page, "a.html")
    assert "The story begins" in read.document.text
    assert [i.message for i in read.issues] == ["the page is nested too deep to be read to its end"]
    assert read.issues[0].severity == "warning"
