"""The network in PyTorch: an encoder, a tagger of words, and a scorer of mention pairs.

The runtime holds the same computation in ONNX (encoder and tagger) and NumPy (pairs); ``tests`` hold both equal.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from avgraph.extraction.neural.labels import PAIR_LABELS, STATUS, TAGGED, TAGS
from avgraph.extraction.neural.words import FEATURES

HIDDEN, HEADS, INNER = 384, 12, 1536
PAIR, ATTENTION, VALUE = 256, 128, 64
N_DISTANCES, N_LINES, N_COUNTS = 25, 5, 5


class Layer(nn.Module):
    def __init__(self, weights: Mapping[str, np.ndarray], number: int) -> None:
        super().__init__()
        tensor = lambda name: torch.from_numpy(weights[f"l{number}_{name}"].astype(np.float32))  # noqa: E731
        self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.qkv.weight.data = torch.cat([tensor("q_w"), tensor("k_w"), tensor("v_w")])
        self.qkv.bias.data = torch.cat([tensor("q_b"), tensor("k_b"), tensor("v_b")])
        self.merge, self.widen, self.narrow = (
            nn.Linear(HIDDEN, HIDDEN),
            nn.Linear(HIDDEN, INNER),
            nn.Linear(INNER, HIDDEN),
        )
        for module, name in ((self.merge, "ao"), (self.widen, "fi"), (self.narrow, "fo")):
            module.weight.data, module.bias.data = tensor(f"{name}_w"), tensor(f"{name}_b")
        self.norm_1, self.norm_2 = nn.LayerNorm(HIDDEN, eps=1e-12), nn.LayerNorm(HIDDEN, eps=1e-12)
        for module, name in ((self.norm_1, "aln"), (self.norm_2, "oln")):
            module.weight.data, module.bias.data = tensor(f"{name}_w"), tensor(f"{name}_b")

    def forward(self, x: Tensor, mask: Tensor | None, dropout: float) -> Tensor:
        n, length, _ = x.shape
        q, k, v = self.qkv(x).view(n, length, 3, HEADS, HIDDEN // HEADS).permute(2, 0, 3, 1, 4)
        mixed = fn.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        mixed = mixed.transpose(1, 2).reshape(n, length, HIDDEN)
        x = self.norm_1(x + fn.dropout(self.merge(mixed), dropout, self.training))
        return self.norm_2(x + fn.dropout(self.narrow(fn.gelu(self.widen(x))), dropout, self.training))


class Encoder(nn.Module):
    """Embeddings of pieces, positions and word features, then the layers."""

    def __init__(self, base: Mapping[str, np.ndarray], n_layers: int) -> None:
        super().__init__()
        self.register_buffer("words", torch.from_numpy(base["emb_word"].astype(np.float32)), persistent=False)
        position = base["emb_pos"].reshape(-1, HIDDEN) + base["emb_type"].reshape(-1, HIDDEN)[0]
        self.positions = nn.Parameter(torch.from_numpy(position.astype(np.float32)))
        self.features = nn.ModuleList(nn.Embedding(size, HIDDEN) for size in FEATURES)
        for table in self.features:
            table.weight.data.normal_(0, 0.02)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.norm.weight.data = torch.from_numpy(base["emb_ln_w"].copy())
        self.norm.bias.data = torch.from_numpy(base["emb_ln_b"].copy())
        self.layers = nn.ModuleList(Layer(base, number) for number in range(n_layers))
        self.dropout = 0.1

    def embed(self, ids: Tensor, features: Tensor) -> Tensor:
        x = self.words[ids] + self.positions[: ids.shape[1]]
        for k, table in enumerate(self.features):
            x = x + table(features[..., k])
        return x

    def forward(self, ids: Tensor, features: Tensor, inside: Tensor) -> Tensor:
        """ids (n, L), features (n, L, 7), inside (n, L) → (n, L, 384)."""
        x = fn.dropout(self.norm(self.embed(ids, features)), self.dropout, self.training)
        for layer in self.layers:
            x = layer(x, inside[:, None, None], self.dropout)
        return x


class Tagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner, self.outer = nn.Linear(HIDDEN, 256), nn.Linear(256, len(TAGS))

    def forward(self, words: Tensor) -> Tensor:
        """words (W, 384) → logits (W, tags)."""
        return self.outer(fn.dropout(fn.relu(self.inner(words)), 0.2, self.training))


class Pairs(nn.Module):
    """Scores ordered pairs of mentions of a window."""

    def __init__(self) -> None:
        super().__init__()
        small = lambda n: _small(nn.Embedding(n, PAIR))  # noqa: E731
        self.tag = nn.Embedding(len(TAGGED), 32)
        self.mention = nn.Linear(5 * HIDDEN + 32, PAIR)
        self.left, self.right = nn.Linear(PAIR, PAIR), nn.Linear(PAIR, PAIR, bias=False)
        self.product = nn.Linear(PAIR, PAIR, bias=False)
        self.ask_left, self.ask_right = nn.Linear(PAIR, ATTENTION), nn.Linear(PAIR, ATTENTION, bias=False)
        self.key, self.value = nn.Linear(HIDDEN, ATTENTION), nn.Linear(HIDDEN, VALUE)
        self.context = nn.Linear(VALUE, PAIR, bias=False)
        self.between = nn.Linear(HIDDEN, 2 * PAIR)
        self.distance, self.line, self.sentence = small(N_DISTANCES), small(N_LINES), small(N_LINES)
        self.tags, self.rivals_left, self.rivals_right = small(len(TAGGED) ** 2), small(N_COUNTS), small(N_COUNTS)
        self.inner, self.outer = nn.Linear(PAIR, PAIR), nn.Linear(PAIR, len(PAIR_LABELS) + len(STATUS))
        self.outer.bias.data.fill_(-4.0)

    def forward(
        self, words: Tensor, inside: Tensor, spans: Tensor, lines: Tensor, sentences: Tensor, pairs: Tensor
    ) -> Tensor:
        """Score the pairs of some windows.

        Parameters
        ----------
        words
            Shape (B, W, 384).
        inside
            Shape (B, W): False where a window has no more words.
        spans
            Shape (B, M, 3): first, last, tag; tag -1 where a window has no more mentions.
        lines, sentences
            Shape (B, W).
        pairs
            Shape (B, P, 2): mentions.

        Returns
        -------
        Tensor
            Logits, shape (B, P, labels + status).
        """
        n_words = words.shape[1]
        first, last, tag = spans.unbind(-1)
        sums = _sums(words)
        mean = (_take(sums, last + 1) - _take(sums, first)) / (last + 1 - first)[..., None]
        before, after = _take(words, (first - 1).clamp(min=0)), _take(words, (last + 1).clamp(max=n_words - 1))
        around = [_take(words, first), _take(words, last), mean, before, after, self.tag(tag.clamp(min=0))]
        m = fn.dropout(fn.relu(self.mention(torch.cat(around, -1))), 0.2, self.training)
        left, right = pairs.unbind(-1)
        keys = self.key(words).transpose(1, 2)
        asked = _take(self.ask_left(m) @ keys, left) + _take(self.ask_right(m) @ keys, right)
        asked = (asked / ATTENTION**0.5).masked_fill(~inside[:, None], -1e4)
        h = self.context(torch.softmax(asked, -1) @ self.value(words))
        h = h + _take(self.left(m), left) + _take(self.right(m), right)
        h = h + self.product(_take(m, left) * _take(m, right))
        f = pair_features(spans, lines, sentences, pairs, n_words)
        h = h + self.distance(f["distance"]) + self.line(f["line"]) + self.sentence(f["sentence"])
        h = h + self.tags(f["tags"]) + self.rivals_left(f["rivals_left"]) + self.rivals_right(f["rivals_right"])
        total = _sums(self.between(words))
        gap = _take(total, f["gap_end"]) - _take(total, f["gap_start"])
        gap = gap / (f["gap_end"] - f["gap_start"]).clamp(min=1)[..., None] * f["near"][..., None]
        h = h + torch.where(f["forward"][..., None], gap[..., :PAIR], gap[..., PAIR:])
        h = fn.relu(self.inner(fn.dropout(fn.relu(h), 0.2, self.training)))
        return self.outer(h)


def _small(table: nn.Embedding) -> nn.Embedding:
    table.weight.data.normal_(0, 0.02)
    return table


def _take(values: Tensor, index: Tensor) -> Tensor:
    """values (B, n, K), index (B, m) → (B, m, K)."""
    return values.gather(1, index[..., None].expand(-1, -1, values.shape[-1]))


def _sums(words: Tensor) -> Tensor:
    """Return the sums of the first 0, 1, … n words, in single precision: shape (B, n + 1, K)."""
    return fn.pad(words.float().cumsum(1), (0, 0, 1, 0))


def pair_features(spans: Tensor, lines: Tensor, sentences: Tensor, pairs: Tensor, n_words: int) -> dict[str, Tensor]:
    """Return what stands between two mentions: distances, lines, sentences, and rivals of the same kind."""
    first, last, tag = spans.unbind(-1)
    left, right = pairs.unbind(-1)
    d = first.gather(1, right) - first.gather(1, left)
    bucket = torch.sign(d) * torch.clamp((torch.log2(d.abs().float() + 1) * 1.4).long(), max=12)
    gap_start = torch.minimum(last.gather(1, left), last.gather(1, right)) + 1
    gap_end = torch.maximum(gap_start, torch.maximum(first.gather(1, left), first.gather(1, right)))
    kinds = fn.one_hot(tag.clamp(min=0), len(TAGGED)) * (tag >= 0)[..., None]
    counts = kinds.new_zeros(len(spans), n_words + 1, len(TAGGED))
    counts = counts.scatter_add(1, (first + 1)[..., None].expand_as(kinds), kinds).cumsum(1)
    gap_start, gap_end = gap_start.clamp(max=n_words), gap_end.clamp(max=n_words)
    between = (_take(counts, gap_end) - _take(counts, gap_start)).clamp(0, N_COUNTS - 1)
    kind = tag.clamp(min=0)
    kind_left, kind_right = kind.gather(1, left), kind.gather(1, right)

    def step(values: Tensor) -> Tensor:
        places = values.gather(1, first)
        return (places.gather(1, right) - places.gather(1, left)).clamp(-2, 2) + 2

    return {
        "distance": bucket + 12,
        "line": step(lines),
        "sentence": step(sentences),
        "tags": kind_left * len(TAGGED) + kind_right,
        "rivals_left": between.gather(2, kind_left[..., None])[..., 0],
        "rivals_right": between.gather(2, kind_right[..., None])[..., 0],
        "gap_start": gap_start,
        "gap_end": gap_end,
        "near": (gap_end - gap_start <= 60).float(),
        "forward": d > 0,
    }


class Network(nn.Module):
    def __init__(self, base: Mapping[str, np.ndarray], n_layers: int) -> None:
        super().__init__()
        self.encoder, self.tagger, self.pairs = Encoder(base, n_layers), Tagger(), Pairs()
