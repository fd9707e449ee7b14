"""One blueprint a file, named as in the URL."""
