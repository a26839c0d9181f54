"""Every layer, described once: what it does to a signal (arithmetic) and the module it becomes (torch).

A network is a tree of these frozen descriptions. `trace` takes a `Tally` through it, which adds up parameters, FLOPs,
activations and the receptive field without building anything; `build` makes the torch module. Since both read the same
description they cannot drift apart.

Inside, tensors are N x C x 1 x L and kernels 1 x K, so that channels-last memory works.
"""

from models.layers.activation import GELU, ReLU, Sigmoid
from models.layers.attention import PadEnd, PositionEmbedding, SelfAttention
from models.layers.composition import Concatenation, Repeat, Residual, Sequence, SqueezeExcitation, repeated
from models.layers.convolution import Conv, MultiKernelConv
from models.layers.head import Linear
from models.layers.layer import Layer
from models.layers.normalisation import BatchNorm, LayerNorm, LayerScale
from models.layers.pooling import AttentionPool, AveragePool, GlobalAveragePool, GlobalMaxPool, MaxPool
from models.layers.regularisation import Dropout, StochasticDepth
from models.layers.tally import Tally

__all__ = [
    "GELU",
    "AttentionPool",
    "AveragePool",
    "BatchNorm",
    "Concatenation",
    "Conv",
    "Dropout",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "Layer",
    "LayerNorm",
    "LayerScale",
    "Linear",
    "MaxPool",
    "MultiKernelConv",
    "PadEnd",
    "PositionEmbedding",
    "ReLU",
    "Repeat",
    "Residual",
    "SelfAttention",
    "Sequence",
    "Sigmoid",
    "SqueezeExcitation",
    "StochasticDepth",
    "Tally",
    "repeated",
]
