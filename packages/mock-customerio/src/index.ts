// Replaced by the package's first part.
