"""Identity by splink, a probabilistic model of Fellegi and Sunter, in an environment of its own.

``python identity_splink.py RECORDS OUT TYPE`` reads records with ref, name, first, last, start (first letters), year,
countries, around (names of works and partners), label (truth, of the part ``train`` alone) and keys (numbers of the
pairs to compare, which are avgraph's own, so that the two differ in the judgement of pairs alone), and writes the pairs
with their probabilities by each of four models: they compare names, years and countries, two of them partners as well
(+); two are trained by expectation maximisation (em), two get the probabilities of agreement from the labels (m).
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from measuring import own_peak_mib

__all__ = ["MODELS", "splink_python"]

MODELS = ("em", "em+", "m", "m+")


def splink_python(folder: Path) -> Path:
    """Return the interpreter of the environment in `folder`, which is made where there is none."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "splink>=4,<5"]
        subprocess.run(pip, check=True)
    return python


def main() -> None:
    import duckdb

    records, out, type_ = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    logging.disable(logging.WARNING)
    connection = duckdb.connect()
    connection.execute("SET threads = 1").fetchall()
    connection.execute(f"CREATE TABLE records AS SELECT * FROM read_parquet('{records}')").fetchall()
    started = time.process_time()
    told = [c for c in ("year", "countries", "around") if _n_values(connection, c) > 1]
    (out / "took.json").unlink(missing_ok=True)
    for model in MODELS:
        columns = [c for c in told if c != "around" or model.endswith("+")]
        found = _predicted(connection, type_, columns, by_labels=model.startswith("m"))
        connection.execute(
            f"COPY (SELECT ref_l AS left, ref_r AS right, match_probability AS score FROM {found}) "
            f"TO '{out / f'{model}.parquet'}' (FORMAT parquet)"
        ).fetchall()
    # Only one of the models is used in the end.
    took_s = (time.process_time() - started) / len(MODELS)
    took = {"cpu_s": took_s, "peak_mib": own_peak_mib()}
    (out / "took.json").write_text(json.dumps(took), encoding="utf-8")


def _n_values(connection: Any, column: str) -> int:
    return connection.execute(f"SELECT count(DISTINCT {column}) FROM records").fetchall()[0][0]


def _predicted(connection: Any, type_: str, columns: list[str], *, by_labels: bool) -> str:
    """Train a model, and return the table of its predictions."""
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    if type_ == "Person":
        names = cl.ForenameSurnameComparison("first", "last", forename_surname_concat_col_name="name")
    else:
        names = cl.JaroWinklerAtThresholds("name", [0.97, 0.92, 0.85])
    comparisons: list[Any] = [names.configure(term_frequency_adjustments=True)]
    if "year" in columns:
        near = [cll.NullLevel("year"), cll.ExactMatchLevel("year"), cll.AbsoluteDifferenceLevel("year", 1)]
        comparisons.append(cl.CustomComparison([*near, cll.ElseLevel()], output_column_name="year"))
    if "countries" in columns:
        comparisons.append(cl.ArrayIntersectAtSizes("countries", [1]))
    if "around" in columns:
        comparisons.append(cl.ArrayIntersectAtSizes("around", [2, 1]))
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="ref",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on("keys", arrays_to_explode=["keys"])],
    )
    linker = Linker("records", settings, DuckDBAPI(connection))
    linker.training.estimate_probability_two_random_records_match([block_on("name")], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    if by_labels:
        linker.training.estimate_m_from_label_column("label")
    for column in () if by_labels else ("name", "start"):
        if len(comparisons) > 1 or column != "name":
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(column))
    return linker.inference.predict(threshold_match_probability=0.0).physical_name


if __name__ == "__main__":
    main()
