"""Attention on a GPU: our own kernels, and the function that chooses between them and PyTorch's."""
