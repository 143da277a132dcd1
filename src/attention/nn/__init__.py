"""Layers and small models for PyTorch, made of the functions of this package."""

from attention.nn.encoder import Encoder
from attention.nn.language_model import LanguageModel, generate
from attention.nn.multi_head import MultiHeadAttention

__all__ = ["Encoder", "LanguageModel", "MultiHeadAttention", "generate"]
