"""The server: values, storage, areas, and the surfaces that share one process."""
