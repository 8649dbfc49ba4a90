import type { IncomingHttpHeaders } from "node:http";

/**
 * The fields by which Cloud Logging files a log line under its trace; none where the request has no
 * trace.
 */
export function traceFields(headers: IncomingHttpHeaders, project: string | undefined): Record<string, unknown> {
  const trace =
    fromTraceparent(String(headers.traceparent ?? "")) ??
    fromCloudTrace(String(headers["x-cloud-trace-context"] ?? ""));
  if (trace === undefined) return {};
  return {
    // Without the project Cloud Logging cannot link the trace, but the number still joins the
    // lines.
    "logging.googleapis.com/trace": project === undefined ? trace.id : `projects/${project}/traces/${trace.id}`,
    ...(trace.span !== undefined && { "logging.googleapis.com/spanId": trace.span }),
    "logging.googleapis.com/trace_sampled": trace.isSampled,
  };
}

interface Trace {
  readonly id: string;
  /** 16 hexadecimal digits. */
  readonly span: string | undefined;
  readonly isSampled: boolean;
}

function fromTraceparent(header: string): Trace | undefined {
  const match = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/.exec(header);
  if (match === null || /^0+$/.test(match[1]!)) return undefined;
  return { id: match[1]!, span: match[2], isSampled: (Number.parseInt(match[3]!, 16) & 1) === 1 };
}

/** `TRACE_ID/SPAN_ID;o=1`, the span as a decimal number. */
function fromCloudTrace(header: string): Trace | undefined {
  const match = /^([0-9a-f]{32})(?:\/(\d{1,20}))?(?:;o=(\d))?$/.exec(header);
  if (match === null) return undefined;
  const span = match[2] === undefined ? undefined : BigInt(match[2]).toString(16).padStart(16, "0");
  return { id: match[1]!, span, isSampled: match[3] === "1" };
}
