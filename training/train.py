"""Train the reader on annotated texts: ``python training/train.py FOLDER … --output weights.pt``.

Resumes from its own checkpoint. Without a GPU on two cores one epoch over 1,000 texts takes some minutes.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from augment import Names, vary
from avgraph.extraction.neural.labels import GENERIC, PAIR_LABELS, TAGGED, allowed_labels
from avgraph.extraction.neural.pieces import Pieces
from corpus import Labelled, read_corpus
from examples import Example, make_examples
from folds import LEFT_OUT, N_FOLDS, fold_of
from network import Network

SAME = PAIR_LABELS.index("same")
_GENERIC = {i for i, tag in enumerate(TAGGED) if tag in GENERIC.values()}
_NAMED_OF = {TAGGED.index(g): TAGGED.index(t) for t, g in GENERIC.items()}
N_LABELS = len(PAIR_LABELS)


def gather(logits: Tensor, owner: Tensor, n: int) -> Tensor:
    """Logits of mention pairs (M, M, K) → of entity pairs (n, n, K), by the logarithm of the sum of exponentials."""
    k = logits.shape[-1]
    slot = (owner[:, None] * n + owner[None]).reshape(-1)
    flat = logits.reshape(-1, k)
    top = torch.full((n * n, k), -1e9).scatter_reduce(0, slot[:, None].expand_as(flat), flat.detach(), "amax")
    total = torch.zeros(n * n, k).index_add(0, slot, torch.exp(flat - top[slot]))
    return (torch.log(total + 1e-9) + top).view(n, n, k)


def pair_loss(logits: Tensor, e: Example) -> Tensor:
    n = int(e.owner.max()) + 1
    whole = gather(logits, e.owner, n)
    loss = fn.binary_cross_entropy_with_logits(whole[..., :N_LABELS], e.truth, e.weight, reduction="sum")
    if e.status:
        a, b, s = (torch.tensor(x) for x in zip(*e.status, strict=True))
        wanted = fn.one_hot(s + 1, 4)[:, 1:].float()
        loss = loss + 0.5 * fn.binary_cross_entropy_with_logits(whole[a, b, N_LABELS:], wanted, reduction="sum")
    return loss + same_loss(logits[..., SAME], e)


def same_loss(logits: Tensor, e: Example) -> Tensor:
    """A phrase such as "the film" against the names of its kind: the one it stands for wins."""
    loss = logits.new_zeros(())
    tags = e.spans[:, 2]
    for g in range(len(tags)):
        if int(tags[g]) not in _GENERIC:
            continue
        named = (tags == _NAMED_OF[int(tags[g])]).nonzero().flatten()
        right = e.owner[named] == e.owner[g]
        if len(named) > 1 and bool(right.any()) and not bool(right.all()):
            scores = logits[g, named]
            loss = loss + torch.logsumexp(scores, 0) - torch.logsumexp(scores[right], 0)
    return loss


def batches(examples: list[Example], budget: int, rng: random.Random) -> list[list[Example]]:
    """Group windows of like length, so that little is padded: at most `budget` pieces, padding included."""
    ordered = sorted(examples, key=lambda e: (len(e.ids), rng.random()))
    found: list[list[Example]] = []
    for example in ordered:
        if found and (len(found[-1]) + 1) * len(example.ids) <= budget:
            found[-1].append(example)
        else:
            found.append([example])
    rng.shuffle(found)
    return found


def encode(network: Network, batch: list[Example]) -> list[Tensor]:
    """Return the word vectors of each window."""
    length = max(len(e.ids) for e in batch)
    ids = torch.stack([fn.pad(e.ids, (0, length - len(e.ids)), value=Pieces.pad) for e in batch])
    features = torch.stack([fn.pad(e.features, (0, 0, 0, length - len(e.ids))) for e in batch])
    hidden = network.encoder(ids, features, torch.tensor([len(e.ids) for e in batch]))
    return [h[e.first] for h, e in zip(hidden, batch, strict=True)]


def batch_loss(network: Network, batch: list[Example]) -> tuple[Tensor, float, float]:
    total, tagging, pairing = torch.zeros(()), 0.0, 0.0
    for words, e in zip(encode(network, batch), batch, strict=True):
        tag_loss = fn.cross_entropy(network.tagger(words), e.tags, label_smoothing=0.02)
        total = total + 10 * tag_loss
        tagging += tag_loss.item()
        if len(e.spans) > 1:
            loss = pair_loss(network.pairs(words, e.spans, e.lines, e.sentences), e)
            total = total + 0.04 * loss
            pairing += loss.item()
    return total / len(batch), tagging / len(batch), pairing / len(batch)


def train(
    texts: list[Labelled], base: dict[str, np.ndarray], pieces: Pieces, arguments: argparse.Namespace, checkpoint: Path
) -> Network:
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)
    network = Network(base, arguments.layers)
    allowed = torch.from_numpy(allowed_labels())
    names = Names(texts)
    slow = [
        p
        for n, p in network.named_parameters()
        if n.startswith(("encoder.layers", "encoder.positions", "encoder.norm"))
    ]
    known = {id(p) for p in slow}
    fast = [p for p in network.parameters() if id(p) not in known]
    optimizer = torch.optim.AdamW(
        [{"params": slow, "lr": arguments.rate}, {"params": fast, "lr": 10 * arguments.rate}], weight_decay=0.01
    )
    n_epochs = arguments.epochs

    def share(step: float) -> float:
        return min(1.0, step / (0.06 * n_epochs) + 0.01) * max(0.02, 1 - step / n_epochs)

    progress = [0.0]  # in epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda _: share(progress[0]))
    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        rng.setstate(state["rng"])
        first = state["epoch"] + 1
        progress[0] = float(first)
    for epoch in range(first, n_epochs):
        started = time.time()
        varied = [vary(t, names, rng) if epoch and rng.random() < 0.75 else t for t in texts]
        examples = [e for t in varied for e in make_examples(t, pieces, allowed, rng)]
        grouped = batches(examples, arguments.batch, rng)
        prepared = time.time() - started
        network.train()
        sums = [0.0, 0.0]
        for number, batch in enumerate(grouped):
            loss, tagging, pairing = batch_loss(network, batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            progress[0] = epoch + (number + 1) / len(grouped)
            schedule.step()
            sums[0] += tagging / len(grouped)
            sums[1] += pairing / len(grouped)
        n_pieces = sum(len(e.ids) for e in examples)
        seconds = time.time() - started
        print(
            f"epoch {epoch}: tagging {sums[0]:.4f}, pairs {sums[1]:.2f}, {len(examples)} windows, {n_pieces} pieces, "
            f"{seconds:.0f} s ({prepared:.0f} s preparing), {n_pieces / seconds:.0f} pieces/s",
            flush=True,
        )
        state = {
            "network": network.state_dict(),
            "optimizer": optimizer.state_dict(),
            "rng": rng.getstate(),
            "epoch": epoch,
        }
        torch.save(state, checkpoint.with_suffix(".new"))
        checkpoint.with_suffix(".new").replace(checkpoint)
    return network


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, help="Folders of NAME.txt and NAME.jsonl.")
    parser.add_argument("--base", type=Path, default=Path(__file__).with_name("base.npz"))
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--batch", type=int, default=1600, help="Pieces in a batch.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folds", type=int, default=N_FOLDS, help="Leave out one fold of so many (0: none) …")
    parser.add_argument("--fold", type=int, default=LEFT_OUT, help="… this one.")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    base = dict(np.load(arguments.base))
    pieces = Pieces(zip(base["pieces"].tolist(), base["scores"].tolist(), strict=True))
    texts = read_corpus(arguments.folders)
    if arguments.folds:
        texts = [t for t in texts if fold_of(t.name, arguments.folds) != arguments.fold]
    print(json.dumps({"texts": len(texts), "seed": arguments.seed, "layers": arguments.layers}), flush=True)
    checkpoint = arguments.output.with_suffix(".checkpoint")
    network = train(texts, base, pieces, arguments, checkpoint)
    torch.save(network.state_dict(), arguments.output)
    checkpoint.unlink()  # the next training begins anew
    print(f"{arguments.output}: {sum(p.numel() for p in network.parameters()) / 1e6:.1f} million parameters")


if __name__ == "__main__":
    main()
