const LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
const HOST = new RegExp(`^(${LABEL}\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`, "i");

/** Whether a text is a fully qualified host name, without a final dot. */
export function isHostName(text: string): boolean {
  return text.length <= 253 && HOST.test(text);
}

/**
 * Whether a certificate for one host or wildcard serves another: `*.example.com` serves one level
 * below.
 */
export function covers(certified: string, host: string): boolean {
  const [a, b] = [certified.toLowerCase(), host.toLowerCase()];
  if (a === b) return true;
  return a.startsWith("*.") && !b.startsWith("*.") && b.slice(b.indexOf(".") + 1) === a.slice(2);
}
