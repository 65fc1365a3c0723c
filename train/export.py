"""Step 4: one ONNX file from a checkpoint; its metadata holds tokenizer, tags, the chain's transitions and
the small layers over two words.

    python -m train.export --checkpoint run/last.pt --tokenizer tokenizer.json --out reader.onnx

The graph is written operator by operator, for one window at a time: there is no padding and no batch, so that
a window's scores depend on nothing but the window. Weights are 8-bit with a scale for each output column
(embeddings: for each row); activations are quantised while running.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from train.labels import HEADS, LINKS, RELATIONS
from train.model import ARC, ATTENTION_HEADS, OUTPUTS, VECTORS, WIDTH, WORD_LAYERS, Network
from train.train import load

Weights = dict[str, np.ndarray]

MICROSOFT = "com.microsoft"
EPSILON = 1e-12

SCHEMES = ("dynamic", "nbits8", "nbits4", "fp32")
"""Ways to store weights; ``bench/README.md`` compares them."""

SEVEN_BITS = 63
"""The largest weight of a product. Processors without VNNI add 8-bit products in 16 bits and cut off what
does not fit; with weights of seven bits all fits, and every processor sums the same integers. It costs 0.1 to
0.4 points on PolNeAR dev."""


class Graph:
    """Collects nodes and constants; ``scheme`` is how weights are stored, one of ``SCHEMES``."""

    def __init__(self, scheme: str) -> None:
        self.scheme = scheme
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.count = 0

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(
        self, kind: str, inputs: list[str], outputs: int = 1, domain: str = "", **attributes: object
    ) -> str:
        self.count += 1
        names = [f"{kind}_{self.count}" + (f"_{i}" if i else "") for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=names[0], domain=domain, **attributes))
        return names[0]

    def table(self, name: str, weight: np.ndarray, index: str) -> str:
        """Rows of an 8-bit table: a Gather, and the row's own scale."""
        scale = np.maximum(np.abs(weight).max(axis=1, keepdims=True), 1e-8).astype(np.float32) / 127
        rows = self.add(
            "Gather", [self.constant(f"{name}.rows", np.round(weight / scale).astype(np.int8)), index]
        )
        floats = self.add("Cast", [rows], to=TensorProto.FLOAT)
        scales = self.add("Gather", [self.constant(f"{name}.scales", scale), index])
        return self.add("Mul", [floats, scales])

    def multiply(self, name: str, x: str, weight: np.ndarray, bias: np.ndarray | None) -> str:
        """x @ weight.T (+ bias); ``weight`` is [out, in]."""
        if self.scheme == "fp32":
            y = self.add("MatMul", [x, self.constant(f"{name}.weight", weight.T)])
            return y if bias is None else self.add("Add", [y, self.constant(f"{name}.bias", bias)])
        scale = np.maximum(np.abs(weight).max(axis=1), 1e-8).astype(np.float32) / SEVEN_BITS
        whole = np.round(weight / scale[:, None]).astype(np.int8)
        if self.scheme == "dynamic":
            inputs = [
                x,
                self.constant(f"{name}.weight", whole.T),
                self.constant(f"{name}.scale", scale),
                self.constant(f"{name}.zero", np.zeros(len(scale), np.int8)),
            ]
            if bias is not None:
                inputs.append(self.constant(f"{name}.bias", bias))
            return self.add("DynamicQuantizeMatMul", inputs, domain=MICROSOFT)
        return self.blockwise(name, x, weight, bias)

    def blockwise(self, name: str, x: str, weight: np.ndarray, bias: np.ndarray | None) -> str:
        """MatMulNBits: weights and, while running, activations are quantised block by block."""
        bits, block = {"nbits8": (8, 128), "nbits4": (4, 32)}[self.scheme]
        out, depth = weight.shape
        blocks = depth // block
        cut = weight.reshape(out, blocks, block)
        half = 2 ** (bits - 1)
        scale = np.maximum(np.abs(cut).max(axis=2, keepdims=True), 1e-8) / (half - 1)
        whole = np.clip(np.round(cut / scale) + half, 0, 2 * half - 1).astype(np.uint8)
        if bits == 4:
            whole = whole[..., 0::2] | (whole[..., 1::2] << 4)
        inputs = [
            x,
            self.constant(f"{name}.weight", whole),
            self.constant(f"{name}.scale", scale.reshape(out * blocks).astype(np.float32)),
        ]
        if bias is not None:
            inputs += ["", "", self.constant(f"{name}.bias", bias)]
        return self.add(
            "MatMulNBits",
            inputs,
            domain=MICROSOFT,
            K=depth,
            N=out,
            bits=bits,
            block_size=block,
            accuracy_level=4,
        )


def build(net: Network, scheme: str) -> onnx.ModelProto:
    """The network as a graph: pieces, shapes, contexts [length] and first [words] to scores [words, tags]."""
    weights = {name: value.detach().float().numpy() for name, value in net.state_dict().items()}
    g = Graph(scheme)
    front = g.constant("front", np.array([0], np.int64))
    x = g.add("Unsqueeze", [embed(g, weights, front), front])
    thirds = g.constant("thirds", np.array([WIDTH] * 3, np.int64))
    for number in range(len(net.layers)):
        x = add_layer(g, weights, f"layers.{number}.", x, thirds)
    words = g.add("Gather", [g.add("Squeeze", [x, front]), "first"], axis=0)
    add_heads(g, weights, words)
    sizes = {"pieces": "length", "shapes": "length", "contexts": "length", "first": "words"}
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, [size]) for name, size in sizes.items()]
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["words", width])
        for name, width in (("scores", OUTPUTS), ("vectors", sum(VECTORS.values())))
    ]
    graph = helper.make_graph(g.nodes, "reader", inputs, outputs, g.constants)
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)], ir_version=9
    )


def add_heads(g: Graph, weights: Weights, words: str) -> None:
    """Scores of tags and the vectors of ``VECTORS``: one product for all that the words go into."""
    joint = np.concatenate([weights[f"{name}.weight"] for name in WORD_LAYERS])
    bias = np.concatenate([weights[f"{name}.bias"] for name in WORD_LAYERS])
    out = g.multiply("words", words, joint, bias)
    sizes = np.array([ARC, ARC, len(joint) - 2 * ARC - OUTPUTS, OUTPUTS], np.int64)
    word = g.add("Split", [out, g.constant("word_sizes", sizes)], outputs=4, axis=-1)
    nothing = g.constant("no_bias", np.zeros(ARC, np.float32))
    arc_word, arc_up = (g.add("BiasGelu", [part, nothing], domain=MICROSOFT) for part in (word, f"{word}_1"))
    arc_head = g.multiply("arc_head", arc_up, weights["arc_head.weight"], weights["arc_head.bias"])
    vectors = g.add("Concat", [arc_word, arc_head, f"{word}_2"], axis=-1)
    g.nodes.append(helper.make_node("Identity", [f"{word}_3"], ["scores"]))
    g.nodes.append(helper.make_node("Identity", [vectors], ["vectors"]))


def embed(g: Graph, weights: Weights, front: str) -> str:
    """The sum of a piece's embeddings, normed: [length, WIDTH]."""
    places = g.add(
        "Slice",
        [g.constant("position", weights["position.weight"]), front, g.add("Shape", ["pieces"]), front],
    )
    x = g.add("Add", [g.table("piece", weights["piece.weight"], "pieces"), places])
    x = g.add("Add", [x, g.add("Gather", [g.constant("shape", weights["shape.weight"]), "shapes"])])
    x = g.add("Add", [x, g.add("Gather", [g.constant("context", weights["context.weight"]), "contexts"])])
    return g.add(
        "LayerNormalization",
        [x, g.constant("norm.weight", weights["norm.weight"]), g.constant("norm.bias", weights["norm.bias"])],
        epsilon=EPSILON,
        axis=-1,
    )


def add_layer(g: Graph, weights: Weights, base: str, x: str, thirds: str) -> str:
    """One layer of the encoder over x [1, length, WIDTH]; ``base`` is what its weights' names begin with."""
    w = {part.removeprefix(base): value for part, value in weights.items() if part.startswith(base)}
    joint = g.multiply(f"{base}qkv", x, w["query_key_value.weight"], w["query_key_value.bias"])
    query = g.add("Split", [joint, thirds], outputs=3, axis=-1)
    mixed = g.add(
        "MultiHeadAttention",
        [query, f"{query}_1", f"{query}_2"],
        domain=MICROSOFT,
        num_heads=ATTENTION_HEADS,
        scale=1 / math.sqrt(WIDTH // ATTENTION_HEADS),
    )
    mixed = g.multiply(f"{base}attended", mixed, w["attended.weight"], None)
    x = add_and_norm(g, base, w, x, mixed, "norm1", "attended")
    inner = g.multiply(f"{base}inner", x, w["inner.weight"], None)
    inner = g.add("BiasGelu", [inner, g.constant(f"{base}inner.bias", w["inner.bias"])], domain=MICROSOFT)
    outer = g.multiply(f"{base}outer", inner, w["outer.weight"], None)
    return add_and_norm(g, base, w, x, outer, "norm2", "outer")


def add_and_norm(g: Graph, base: str, w: Weights, x: str, added: str, norm: str, linear: str) -> str:
    """x and what a linear layer makes of it, with that layer's bias, added and normed."""
    names = (f"{norm}.weight", f"{norm}.bias", f"{linear}.bias")
    constants = [g.constant(f"{base}{name}", w[name]) for name in names]
    return g.add("SkipLayerNormalization", [x, added, *constants], domain=MICROSOFT, epsilon=EPSILON)


def describe(model: onnx.ModelProto, net: Network, tokenizer: str) -> None:
    """Write into the metadata what the reader must know besides the graph."""
    transitions = (net.transitions + net.lawful).detach().numpy().round(5).tolist()
    layers = {
        name: {"weight": layer.weight.detach().numpy().round(5).tolist(),
               "bias": layer.bias.detach().numpy().round(5).tolist()}
        for name, layer in (("labels", net.labels), ("links", net.links))
    }  # fmt: skip
    told = {
        "heads": json.dumps(HEADS),
        "vectors": json.dumps(VECTORS),
        "relations": json.dumps(RELATIONS),
        "link_kinds": json.dumps(LINKS),
        "transitions": json.dumps(transitions),
        "layers": json.dumps(layers),
        "same_bias": json.dumps(round(float(net.same_bias), 5)),
        "tokenizer": tokenizer,
    }
    helper.set_model_props(model, told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scheme", choices=SCHEMES, default=SCHEMES[0])
    options = parser.parse_args()
    net = load(options.checkpoint)
    tokenizer = json.loads(options.tokenizer.read_text(encoding="utf-8"))
    tokenizer["truncation"] = tokenizer["padding"] = None
    model = build(net, options.scheme)
    describe(model, net, json.dumps(tokenizer, ensure_ascii=False))
    options.out.write_bytes(model.SerializeToString(deterministic=True))
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
