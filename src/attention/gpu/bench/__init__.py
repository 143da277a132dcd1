"""Check the kernels on one GPU, measure them, and write it down: ``python -m attention.gpu.bench``.

It needs PyTorch, Triton, NumPy and jaxtyping. Every section runs in a process of its own, which
writes down each cell as soon as it is measured: what fails, hangs or runs out of memory takes
nothing with it.
"""
