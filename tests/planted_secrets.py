"""Secrets of more than twenty kinds, to be planted where nobody may show them; none of them is anybody's."""

_RANDOM = "q7Zx2Kp9Lm4Vt8Rb3Nw6Yc1"
SECRETS = {
    "aws key": "AKIAQ3XJ7ZP5LMNB2K4T",
    "aws secret": "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",
    "github": "ghp_4fT8sK2mQ9xV7bN1zL5cR3wY6pD0hJ8aE2uG",
    "github fine": "github_pat_11AB2CD3EF4GH5IJ6KL7MN_8op9QR",
    "gitlab": "glpat-x7Kd9Qm2Zt5Lw8Rb3Nv1",
    "slack": "xoxb-" + "482917365012-839201746523-" + "Kd83jZmQ92xLw7Tn5Vb1Ry4P",
    "slack webhook": "T0A1B2C3D/B4E5F6G7H/" + "kZ8xQ2mW5nV9bL3tR7yP1cJ6",
    "anthropic": "sk-ant-api03-" + _RANDOM + "-AbC9",
    "openai": "sk-proj-" + _RANDOM + "Zz81",
    "google": "AIza" + "SyD4k9Q2m7X1b8L5w3Rt6Vn0Zc2Hf4Jp8Gs",
    "stripe": "sk_live_" + "51Hd8Kq2Zx9Lm4Vt7Rb3Nw6",
    "npm": "npm_" + "h7Kd9Qm2Zt5Lw8Rb3Nv1Xc4Yp6Js0Gf8Ta2U",
    "hugging face": "hf_" + "QmZtLwRbNvXcYpJsGfTaUeXiKdHq",
    "web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.s8Kd2Qm5Zt9Lw3Rb7Nv1Xc4Y",
    "sendgrid": "SG." + "h7Kd9Qm2Zt5Lw8Rb." + "3Nv1Xc4Yp6Js0Gf8Ta2UdE5w",
    "telegram": "7391028465:AA" + "HkZ8xQ2mW5nV9bL3tR7yP1cJ6dF4gS0uE",
    "password in a url": "tr0ub4dor-und-3",
    "password of a variable": "correct-horse-battery",
    "password of a flag": "hunter2hunter2",
    "authorization": "Basic ZGVwbG95OnMzY3IzdC1wYXNz",
    "bearer": "opaque.bearer.value.77",
    "hexadecimal": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "drawn by chance": "Zk4mQ9xV2bN7zL1cR5wY8pD3hJ6aE0uG",
    "private key": "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj",
}
"""By kind."""
