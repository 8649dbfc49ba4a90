import { isIPv4, isIPv6 } from "node:net";

const FQDN = /^(?=.{1,254}$)([A-Za-z0-9_*]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+$/;
const isName = (text = "") => text === "." || FQDN.test(text);
const isByte = (text = "") => /^\d{1,3}$/.test(text) && Number(text) <= 255;
const isShort = (text = "") => /^\d{1,5}$/.test(text) && Number(text) <= 65535;
const isHex = (text = "") => /^[0-9A-Fa-f]+$/.test(text);

/** What the data of a DNS record looks like. */
export interface RecordFormat {
  readonly text: string;
  readonly holds: (data: string) => boolean;
}

/** Fields separated by spaces. */
function fields(text: string, ...each: readonly ((field: string) => boolean)[]): RecordFormat {
  const holds = (data: string) => {
    const parts = data.trim().split(/\s+/);
    return parts.length === each.length && each.every((fits, index) => fits(parts[index]!));
  };
  return { text, holds };
}

const hostName = fields("a host name with a final dot", isName);
const texts: RecordFormat = {
  text: "texts of at most 255 characters each, quoted where they have spaces",
  holds: (data) => [...data.matchAll(/"((?:[^"\\]|\\.)*)"|[^\s"]+/g)].every(([all, own = all]) => own.length <= 255),
};

/** By the type of the record (RFC 1035, 3596, 2782, 8659, 4034). */
export const recordFormats: Readonly<Record<string, RecordFormat>> = {
  A: { holds: isIPv4, text: "an IPv4 address" },
  AAAA: { holds: isIPv6, text: "an IPv6 address" },
  CNAME: hostName,
  ALIAS: hostName,
  NS: hostName,
  PTR: hostName,
  MX: fields('a priority and a host name with a final dot, "10 mail.example.com."', isShort, isName),
  SRV: fields(
    'priority, weight, port and a host name with a final dot, "0 5 443 api.example.com."',
    isShort,
    isShort,
    isShort,
    isName,
  ),
  CAA: {
    text: 'flags, a tag and a quoted value, "0 issue \\"pki.goog\\""',
    holds: (data) => isByte(/^(\d+)\s+[a-zA-Z0-9]+\s+("[^"]*"|[^\s"]+)$/.exec(data)?.[1] ?? "none"),
  },
  DS: fields("key tag, algorithm, digest type and a hexadecimal digest", isShort, isByte, isByte, isHex),
  TXT: texts,
  SPF: texts,
};
