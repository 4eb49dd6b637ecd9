"""The registry as one self-contained HTML page: laid out here, drawn and explored in the browser."""
