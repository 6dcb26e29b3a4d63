"""Train the reader on annotated texts: ``python training/train.py FOLDER … --output weights.pt``.

Resumes from its own checkpoint. It needs no GPU and uses one where there is one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from torch import nn

from augment import Names, crop, vary
from avgraph.extraction.neural.pieces import Pieces
from batch import batches, collate
from corpus import Labelled, read_corpus
from examples import Example, make_examples
from folds import N_FOLDS, fold_of
from held_out import report
from losses import batch_loss
from network import Network

#: Share of texts seen as written, with other names, and in part with other names, after the first epoch.
_AS_WRITTEN, _IN_PART = 0.2, 0.3


class Preparer:
    """Makes the examples of an epoch, each text's by its own random numbers, so that processes do not matter.

    Names are swapped among the texts of a fold, so that texts left out lend no names either.
    """

    def __init__(self, texts: list[Labelled], pieces: Pieces, seed: int) -> None:
        self._texts, self._pieces, self._seed = texts, pieces, seed
        folds: dict[int, list[Labelled]] = {}
        for text in texts:
            folds.setdefault(fold_of(text.name, N_FOLDS), []).append(text)
        self._names = {fold: Names(mine) for fold, mine in folds.items()}

    def __call__(self, epoch: int, number: int) -> list[Example]:
        text = self._texts[number]
        rng = random.Random(f"{self._seed} {epoch} {text.name}")
        choice = rng.random()
        if epoch and choice > _AS_WRITTEN:
            if choice > 1 - _IN_PART:
                text = crop(text, rng)
            text = vary(text, self._names[fold_of(text.name, N_FOLDS)], rng)
        return make_examples(text, self._pieces, rng)


_preparer: Preparer | None = None


def _start(preparer: Preparer) -> None:
    global _preparer
    _preparer = preparer


def _prepare(task: tuple[int, int]) -> list[Example]:
    assert _preparer is not None
    return _preparer(*task)


def prepared(preparer: Preparer, n_texts: int, epochs: range, n_workers: int) -> Iterator[list[Example]]:
    """Yield the examples of each epoch; the next epoch's are made meanwhile."""
    with ProcessPoolExecutor(n_workers, get_context("fork"), _start, (preparer,)) as pool:
        tasks = [[(epoch, i) for i in range(n_texts)] for epoch in epochs]
        coming = pool.map(_prepare, tasks[0], chunksize=8) if tasks else None
        for after in [*tasks[1:], None] if tasks else []:
            assert coming is not None
            found = [example for made in coming for example in made]
            coming = pool.map(_prepare, after, chunksize=8) if after is not None else None
            yield found


def _optimizer(network: Network, rate: float, decay: float) -> torch.optim.Optimizer:
    """Return AdamW with the base encoder at `rate` and all that is new at ten times that."""
    base = ("encoder.layers", "encoder.positions", "encoder.norm")
    slow = [p for n, p in network.named_parameters() if n.startswith(base)]
    fast = [p for n, p in network.named_parameters() if not n.startswith(base)]
    return torch.optim.AdamW(
        [{"params": slow, "lr": rate}, {"params": fast, "lr": 10 * rate}], weight_decay=decay, fused=True
    )


def train(
    network: Network, epochs: Iterator[list[Example]], arguments: argparse.Namespace, checkpoint: Path | None
) -> Network:
    """Train and return the network; `epochs` begins with the first one that the checkpoint lacks."""
    device = torch.device(arguments.device)
    network.to(device)
    optimizer = _optimizer(network, arguments.rate, arguments.decay)
    n_epochs, progress = arguments.epochs, [0.0]

    def share(_: int) -> float:
        return min(1.0, progress[0] / (0.06 * n_epochs) + 0.01) * max(0.02, 1 - progress[0] / n_epochs)

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, share)
    first = 0
    if checkpoint is not None and checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False, map_location=device)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["epoch"] + 1
        progress[0] = float(first)
    started = time.time()
    for epoch, examples in enumerate(epochs, first):
        torch.manual_seed(arguments.seed * 1000 + epoch)
        grouped = batches(examples, arguments.batch, random.Random(f"{arguments.seed} {epoch}"))
        network.train()
        sums = torch.zeros(2, device=device)
        for number, group in enumerate(grouped):
            batch = collate(group).to(device)
            with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
                tagging, pairing = batch_loss(network, batch)
            optimizer.zero_grad()
            (tagging + pairing).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            progress[0] = epoch + (number + 1) / len(grouped)
            schedule.step()
            sums += torch.stack([tagging.detach(), pairing.detach()]) / len(grouped)
        n_pieces, seconds = sum(len(e.ids) for e in examples), time.time() - started
        print(
            f"epoch {epoch}: tagging {sums[0]:.3f}, pairs {sums[1]:.3f}, "
            f"{len(examples)} windows, {len(grouped)} steps, {seconds:.0f} s, {n_pieces / seconds:.0f} pieces/s",
            flush=True,
        )
        started = time.time()
        if checkpoint is not None:
            state = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}
            torch.save(state, checkpoint.with_suffix(".new"))
            checkpoint.with_suffix(".new").replace(checkpoint)
    return network


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument("folders", nargs="+", type=Path, help="Folders of NAME.txt and NAME.jsonl.")
    found.add_argument("--base", type=Path, default=Path(__file__).with_name("base.npz"))
    found.add_argument("--output", type=Path, required=True)
    found.add_argument("--layers", type=int, default=8)
    found.add_argument("--epochs", type=int, default=12)
    found.add_argument("--rate", type=float, default=2e-4)
    found.add_argument("--decay", type=float, default=0.01, help="Weight decay.")
    found.add_argument("--batch", type=int, default=2000, help="Pieces in a batch.")
    found.add_argument("--seed", type=int, default=1)
    found.add_argument("--fold", type=int, default=-1, help=f"Of {N_FOLDS} folds leave out this one (-1: none).")
    found.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    found.add_argument("--workers", type=int, default=min(16, os.cpu_count() or 1), help="Processes making examples.")
    return found


def main() -> None:
    arguments = parser().parse_args()
    base = dict(np.load(arguments.base))
    pieces = Pieces(zip(base["pieces"].tolist(), base["scores"].tolist(), strict=True))
    texts = read_corpus(arguments.folders)
    left_out = [t for t in texts if fold_of(t.name, N_FOLDS) == arguments.fold]
    texts = [t for t in texts if fold_of(t.name, N_FOLDS) != arguments.fold]
    print(json.dumps({"texts": len(texts), "seed": arguments.seed, "layers": arguments.layers}), flush=True)
    checkpoint = arguments.output.with_suffix(".checkpoint")
    done = torch.load(checkpoint, weights_only=False, map_location="cpu")["epoch"] + 1 if checkpoint.exists() else 0
    torch.manual_seed(arguments.seed)
    network = Network(base, arguments.layers)
    preparer = Preparer(texts, pieces, arguments.seed)
    epochs = prepared(preparer, len(texts), range(done, arguments.epochs), arguments.workers)
    train(network, epochs, arguments, checkpoint)
    torch.save({name: tensor.cpu() for name, tensor in network.state_dict().items()}, arguments.output)
    checkpoint.unlink()  # the next training begins anew
    print(f"{arguments.output}: {sum(p.numel() for p in network.parameters()) / 1e6:.1f} million parameters")
    if left_out:
        print(report(network, [e for t in left_out for e in make_examples(t, pieces)]))


if __name__ == "__main__":
    main()
