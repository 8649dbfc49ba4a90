// cdktf takes a stack trace for each token, which costs more than a third of the time to
// synthesize. Only its own internal errors show them, so it takes none here; and those that remain
// are not mapped back to TypeScript.
process.setSourceMapsEnabled(false);
require("cdktf/lib/tokens/private/stack-trace").captureStackTrace = () => [];
