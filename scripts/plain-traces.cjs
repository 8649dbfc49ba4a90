// cdktf captures a stack trace for each token. Mapping them all back to TypeScript takes longer than synthesizing itself, and nobody reads them.
process.setSourceMapsEnabled(false);
