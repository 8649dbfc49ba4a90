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

/** Of a host of a host rule: an exact one before any pattern, a longer pattern before a shorter one. */
export function hostRank(host: string): number {
  return host.startsWith("*") ? host.length : 1000 + host.length;
}

/** Whether a host is that of a host rule: with `*` in front for any text; a port only counts where it is written. */
export function fitsHost(pattern: string, host: string): boolean {
  const [wanted, whole] = [pattern.toLowerCase(), host.toLowerCase()];
  const given = /:\d+$/.test(wanted) ? whole : whole.replace(/:\d+$/, "");
  if (!wanted.startsWith("*")) return wanted === given;
  return wanted === "*" || (given.length >= wanted.length && given.endsWith(wanted.slice(1)));
}
