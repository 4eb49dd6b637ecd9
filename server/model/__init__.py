"""The vocabulary: frozen values and enums, one module per noun, no I/O."""
