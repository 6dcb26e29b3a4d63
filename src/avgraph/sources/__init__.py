"""Sources: articles become documents, tables of records become claims.

HTML needs the extra ``articles``; it is imported when the first page is read.
"""

from avgraph.countries import country_code, country_name
from avgraph.sources.article import ArticleRead, read_article, read_text
from avgraph.sources.mapping import read_mapping
from avgraph.sources.rules import TableMapping
from avgraph.sources.table import read_table

__all__ = [
    "ArticleRead",
    "TableMapping",
    "country_code",
    "country_name",
    "read_article",
    "read_mapping",
    "read_table",
    "read_text",
]
