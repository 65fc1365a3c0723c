"""How near the meanings of single words are, by all-MiniLM-L6-v2: six layers in numpy, mean of the pieces."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import sqrt
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from scipy.special import erf
from tokenizers import Tokenizer

HEADS = 12


class Meanings:
    """Vectors of stems: each the mean of words, given with how often they are used, about the mean of all."""

    def __init__(self, folder: Path, forms: Mapping[str, Sequence[tuple[str, int]]]) -> None:
        self._weights = load_file(folder / "model.safetensors")
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        words = sorted({word for used in forms.values() for word, _ in used})
        places = {word: place for place, word in enumerate(words)}
        vectors = self._embed([tokenizer.encode(word).ids for word in words])
        self._stems = sorted(forms)
        self._places = {stem: place for place, stem in enumerate(self._stems)}
        means = [sum(count * vectors[places[word]] for word, count in forms[stem]) for stem in self._stems]
        own = np.array([mean / np.linalg.norm(mean) for mean in means])
        own -= own.mean(0)
        self._vectors = own / np.linalg.norm(own, axis=1, keepdims=True)

    def compare(self, one: str, other: str, least: float) -> float:
        """The cosine of two stems, 0 where it is below ``least`` or a stem has no vector."""
        if one not in self._places or other not in self._places:
            return 0.0
        cosine = float(self._vectors[self._places[one]] @ self._vectors[self._places[other]])
        return round(cosine, 2) if cosine >= least else 0.0

    def near(self, least: float) -> Iterator[tuple[str, str]]:
        """All pairs of stems, in order, that are at least so near."""
        for place, stem in enumerate(self._stems):
            cosines = self._vectors[place + 1 :] @ self._vectors[place]
            yield from ((stem, self._stems[place + 1 + other]) for other in np.flatnonzero(cosines >= least))

    def _embed(self, pieces: Sequence[Sequence[int]]) -> np.ndarray:
        vectors = np.zeros((len(pieces), 384), np.float32)
        by_length: dict[int, list[int]] = defaultdict(list)
        for place, ids in enumerate(pieces):
            by_length[len(ids)].append(place)
        for places in by_length.values():
            mean = self._encode(np.array([pieces[place] for place in places])).mean(1)
            vectors[places] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return vectors

    def _norm(self, x: np.ndarray, name: str) -> np.ndarray:
        centred = x - x.mean(-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return centred / scale * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]

    def _linear(self, x: np.ndarray, name: str) -> np.ndarray:
        return x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _encode(self, ids: np.ndarray) -> np.ndarray:
        count, length = ids.shape
        x = self._weights["embeddings.word_embeddings.weight"][ids]
        x = x + self._weights["embeddings.position_embeddings.weight"][:length]
        x = self._norm(
            x + self._weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm"
        )
        for number in range(6):
            layer = f"encoder.layer.{number}"
            query, key, value = (
                self._linear(x, f"{layer}.attention.self.{part}")
                .reshape(count, length, HEADS, 32)
                .transpose(0, 2, 1, 3)
                for part in ("query", "key", "value")
            )
            weight = np.exp(query @ key.transpose(0, 1, 3, 2) / sqrt(32))
            weight /= weight.sum(-1, keepdims=True)
            mixed = (weight @ value).transpose(0, 2, 1, 3).reshape(count, length, 384)
            x = self._norm(
                x + self._linear(mixed, f"{layer}.attention.output.dense"),
                f"{layer}.attention.output.LayerNorm",
            )
            wide = self._linear(x, f"{layer}.intermediate.dense")
            wide = wide * 0.5 * (1 + erf(wide / sqrt(2)))
            x = self._norm(x + self._linear(wide, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
        return x
