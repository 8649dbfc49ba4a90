import type { CelNode } from "./cel";

/** What is known of a request. */
export interface KnownRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: ReadonlySet<string>;
}

/** What clients send without being asked, or may. */
const USUAL =
  /^(host|user-agent|accept.*|connection|content-.*|x-(forwarded|cloud|client|goog|real)-.*|via|forwarded|traceparent|te)$/;

/** Whether an expression on a request holds; undefined where that depends on more than is known. */
export function holdsFor(node: CelNode, request: KnownRequest): boolean | undefined {
  if (node.kind === "literal") return typeof node.value === "boolean" ? node.value : undefined;
  if (node.kind === "unary") {
    const operand = node.operator === "!" ? holdsFor(node.operand, request) : undefined;
    return operand === undefined ? undefined : !operand;
  }
  if (node.kind === "binary") return holdsBetween(node, request);
  return node.kind === "call" ? holdsCall(node, request) : undefined;
}

function holdsBetween(node: CelNode & { kind: "binary" }, request: KnownRequest): boolean | undefined {
  const { operator, left, right } = node;
  if (operator === "&&" || operator === "||") {
    const decides = operator === "||";
    const sides = [holdsFor(left, request), holdsFor(right, request)];
    if (sides.includes(decides)) return decides;
    return sides.includes(undefined) ? undefined : !decides;
  }
  const [one, other] = [textOf(left, request), textOf(right, request)];
  if (one === undefined || other === undefined || !/^[=!]=$/.test(operator)) return undefined;
  return (one === other) === (operator === "==");
}

function holdsCall({ target, name, args }: CelNode & { kind: "call" }, request: KnownRequest): boolean | undefined {
  const [argument] = args;
  if (!argument) return undefined;
  if (!target) return name === "has" ? hasHeader(argument, request) : undefined;
  const [text, wanted] = [textOf(target, request), textOf(argument, request)];
  if (text === undefined || wanted === undefined) return undefined;
  if (name === "startsWith") return text.startsWith(wanted);
  if (name === "endsWith") return text.endsWith(wanted);
  if (name === "contains") return text.includes(wanted);
  return name === "matches" ? matches(text, wanted) : undefined;
}

function matches(text: string, pattern: string): boolean | undefined {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    // RE2 has things that JavaScript does not.
    return undefined;
  }
}

function hasHeader(node: CelNode, { headers }: KnownRequest): boolean | undefined {
  if (node.kind !== "index" || !isOfRequest(node.operand, "headers") || node.index.kind !== "literal") return undefined;
  const name = String(node.index.value).toLowerCase();
  return headers.has(name) || (USUAL.test(name) ? undefined : false);
}

function textOf(node: CelNode, { method, path }: KnownRequest): string | undefined {
  if (node.kind === "literal") return typeof node.value === "string" ? node.value : undefined;
  if (isOfRequest(node, "method")) return method;
  return isOfRequest(node, "path") ? path : undefined;
}

function isOfRequest(node: CelNode, field: string): boolean {
  return (
    node.kind === "select" && node.field === field && node.operand.kind === "name" && node.operand.name === "request"
  );
}
