"""How shared entries are found: by the words they share with a query, and by its meaning where a model is at hand."""
