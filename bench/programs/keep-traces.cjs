// Loaded before a measured program: cdktf keeps taking a stack trace for each token, whatever
// scripts/plain-traces.cjs says.
const traces = require("cdktf/lib/tokens/private/stack-trace");

Object.defineProperty(traces, "captureStackTrace", { value: traces.captureStackTrace, writable: false });
