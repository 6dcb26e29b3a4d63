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
PAIR, ATTENTION = 256, 128
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
        scores = q @ k.transpose(-1, -2) / (HIDDEN // HEADS) ** 0.5
        if mask is not None:
            scores = scores + mask
        mixed = (torch.softmax(scores, -1) @ v).transpose(1, 2).reshape(n, length, HIDDEN)
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

    def forward(self, ids: Tensor, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """ids (n, L), features (n, L, 7), lengths (n,) → (n, L, 384)."""
        x = fn.dropout(self.norm(self.embed(ids, features)), self.dropout, self.training)
        mask = None
        if lengths is not None and int(lengths.min()) < ids.shape[1]:
            outside = torch.arange(ids.shape[1])[None] >= lengths[:, None]
            mask = torch.zeros(outside.shape).masked_fill(outside, -1e9)[:, None, None]
        for layer in self.layers:
            x = layer(x, mask, self.dropout)
        return x


class Tagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner, self.outer = nn.Linear(HIDDEN, 256), nn.Linear(256, len(TAGS))

    def forward(self, words: Tensor) -> Tensor:
        """words (W, 384) → logits (W, tags)."""
        return self.outer(fn.dropout(fn.relu(self.inner(words)), 0.2, self.training))


class Pairs(nn.Module):
    """Scores every ordered pair of mentions of a window."""

    def __init__(self) -> None:
        super().__init__()
        small = lambda n: _small(nn.Embedding(n, PAIR))  # noqa: E731
        self.tag = nn.Embedding(len(TAGGED), 32)
        self.mention = nn.Linear(5 * HIDDEN + 32, PAIR)
        self.left, self.right = nn.Linear(PAIR, PAIR), nn.Linear(PAIR, PAIR, bias=False)
        self.product = nn.Linear(PAIR, PAIR, bias=False)
        self.ask_left, self.ask_right = nn.Linear(PAIR, ATTENTION), nn.Linear(PAIR, ATTENTION, bias=False)
        self.key, self.value = nn.Linear(HIDDEN, ATTENTION), nn.Linear(HIDDEN, PAIR)
        self.between = nn.Linear(HIDDEN, 2 * PAIR)
        self.distance, self.line, self.sentence = small(N_DISTANCES), small(N_LINES), small(N_LINES)
        self.tags, self.rivals_left, self.rivals_right = small(len(TAGGED) ** 2), small(N_COUNTS), small(N_COUNTS)
        self.inner, self.outer = nn.Linear(PAIR, PAIR), nn.Linear(PAIR, len(PAIR_LABELS) + len(STATUS))
        self.outer.bias.data.fill_(-4.0)

    def forward(self, words: Tensor, spans: Tensor, lines: Tensor, sentences: Tensor) -> Tensor:
        """words (W, 384), spans (M, 3: first, last, tag), lines, sentences (W,) → logits (M, M, labels + status)."""
        first, last, tag = spans.unbind(1)
        n_words = len(words)
        sums = torch.cat([words.new_zeros(1, HIDDEN), words.cumsum(0)])
        mean = (sums[last + 1] - sums[first]) / (last + 1 - first)[:, None]
        before, after = words[(first - 1).clamp(min=0)], words[(last + 1).clamp(max=n_words - 1)]
        m = fn.dropout(
            fn.relu(self.mention(torch.cat([words[first], words[last], mean, before, after, self.tag(tag)], 1))),
            0.2, self.training,
        )  # fmt: skip
        keys = self.key(words)
        asked = (self.ask_left(m) @ keys.T)[:, None] + (self.ask_right(m) @ keys.T)[None]
        context = torch.softmax(asked / ATTENTION**0.5, -1) @ self.value(words)
        f = pair_features(first, last, tag, lines, sentences, n_words)
        h = self.left(m)[:, None] + self.right(m)[None] + self.product(m[:, None] * m[None]) + context
        h = h + self.distance(f["distance"]) + self.line(f["line"]) + self.sentence(f["sentence"])
        h = h + self.tags(f["tags"]) + self.rivals_left(f["rivals_left"]) + self.rivals_right(f["rivals_right"])
        inside = torch.cat([words.new_zeros(1, 2 * PAIR), self.between(words).cumsum(0)])
        gap = (inside[f["gap_end"]] - inside[f["gap_start"]]) / (f["gap_end"] - f["gap_start"]).clamp(min=1)[..., None]
        gap = gap * f["near"][..., None]
        h = h + torch.where(f["forward"][..., None], gap[..., :PAIR], gap[..., PAIR:])
        h = fn.relu(self.inner(fn.dropout(fn.relu(h), 0.2, self.training)))
        return self.outer(h)


def _small(table: nn.Embedding) -> nn.Embedding:
    table.weight.data.normal_(0, 0.02)
    return table


def pair_features(
    first: Tensor, last: Tensor, tag: Tensor, lines: Tensor, sentences: Tensor, n_words: int
) -> dict[str, Tensor]:
    """Return what stands between two mentions: distances, lines, sentences, and rivals of the same kind."""
    d = first[None] - first[:, None]
    bucket = torch.sign(d) * torch.clamp((torch.log2(d.abs().float() + 1) * 1.4).long(), max=12)
    gap_start, gap_end = torch.minimum(last[:, None], last[None]) + 1, torch.maximum(first[:, None], first[None])
    gap_end = torch.maximum(gap_start, gap_end)
    kinds = fn.one_hot(tag, len(TAGGED))
    counts = torch.zeros(n_words + 1, len(TAGGED), dtype=torch.long).index_add(0, first + 1, kinds).cumsum(0)
    between = (counts[gap_end] - counts[gap_start.clamp(max=n_words)]).clamp(0, N_COUNTS - 1)
    m = len(first)
    return {
        "distance": bucket + 12,
        "line": (lines[first][None] - lines[first][:, None]).clamp(-2, 2) + 2,
        "sentence": (sentences[first][None] - sentences[first][:, None]).clamp(-2, 2) + 2,
        "tags": tag[:, None] * len(TAGGED) + tag[None],
        "rivals_left": between.gather(2, tag[:, None, None].expand(m, m, 1))[..., 0],
        "rivals_right": between.gather(2, tag[None, :, None].expand(m, m, 1))[..., 0],
        "gap_start": gap_start.clamp(max=n_words),
        "gap_end": gap_end.clamp(max=n_words),
        "near": (gap_end - gap_start <= 60).float(),
        "forward": d > 0,
    }


class Network(nn.Module):
    def __init__(self, base: Mapping[str, np.ndarray], n_layers: int) -> None:
        super().__init__()
        self.encoder, self.tagger, self.pairs = Encoder(base, n_layers), Tagger(), Pairs()
