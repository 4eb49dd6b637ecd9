"""Kubernetes manifests: workloads, the Services that lead to them, and what they are told of each other (REG-11)."""
