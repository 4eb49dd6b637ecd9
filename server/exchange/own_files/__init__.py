"""What a system's own folder tells of it: the files that the scaling-layer document names, in the shapes people write them."""
