"""Attention, one concept a module, in the order of the chapters of the book.

Every function takes NumPy arrays, PyTorch tensors, or arrays of any other library that
follows the Python Array API standard, and answers in kind: same library, same dtype,
same device.
"""
