import type { Block } from "../../topology/document";
import { textsOf } from "../../topology/value";
import { items, limit } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { type About, type Blame, blockRule } from "../places";

const TYPES = "google_compute_backend_service|google_compute_backend_bucket";
const LISTS = ["custom_request_headers", "custom_response_headers"];
const DOCS = "docs.cloud.google.com/load-balancing/docs/https/custom-headers, read 2026-11-22";

/** RFC 7230 token. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const FORBIDDEN = new Set([
  "x-user-ip",
  "cdn-loop",
  "keep-alive",
  "transfer-encoding",
  "te",
  "connection",
  "trailer",
  "upgrade",
]);
const FORBIDDEN_START = /^(x-google|x-goog-|x-gfe|x-amz-)/;
const VARIABLE = /\{([^{}]*)\}/g;
const VARIABLES = new Set([
  "asn",
  "cdn_cache_id",
  "cdn_cache_status",
  "client_city",
  "client_city_lat_long",
  "client_encrypted",
  "client_ip_address",
  "client_port",
  "client_protocol",
  "client_region",
  "client_region_subdivision",
  "client_rtt_msec",
  "device_request_type",
  "origin_request_header",
  "server_ip_address",
  "server_port",
  "tls_cipher_suite",
  "tls_ja3_fingerprint",
  "tls_ja4_fingerprint",
  "tls_sni_hostname",
  "tls_version",
  "user_agent_family",
]);

/** Headers that a backend service or bucket adds. */
export const backendHeaderRules: readonly Rule[] = [
  ...LISTS.map((list) =>
    limit(
      `backend-${list.replaceAll("_", "-")}-count`,
      TYPES,
      list,
      items(0, 16),
      "keep at most 16 headers; set the rest in the application",
      DOCS,
    ),
  ),
  headerRule(
    {
      id: "backend-headers-size",
      title: "the custom headers of a backend are at most 8 KB together",
      why: "The API rejects more: names and values count, before variables are filled in.",
      fix: "shorten the values, or set them in the application",
      source: DOCS,
    },
    (headers, blame) => {
      const bytes = headers.reduce((sum, header) => sum + Buffer.byteLength(header), 0);
      if (bytes > 8192) blame(0, `${bytes} bytes`);
    },
  ),
  headerRule(
    {
      id: "backend-headers-form",
      title: 'a custom header is written "Name:Value", its name a token of RFC 7230',
      why: "The API rejects anything else.",
      fix: 'write it like "X-Client-Region:{client_region}"',
      source: DOCS,
    },
    (headers, blame) => {
      headers.forEach((header, index) => {
        const colon = header.indexOf(":");
        if (colon < 1 || !TOKEN.test(header.slice(0, colon))) blame(index);
      });
    },
  ),
  headerRule(
    {
      id: "backend-headers-reserved",
      title: "a custom header has no name that Google or the connection reserves",
      why: "The API rejects X-User-IP, CDN-Loop, hop-by-hop headers, and names that start with X-Google, X-Goog-, X-GFE or X-Amz-.",
      fix: "give the header a name of your own",
      source: DOCS,
    },
    (headers, blame) => {
      headers.forEach((header, index) => {
        const name = nameOf(header);
        if (FORBIDDEN.has(name) || FORBIDDEN_START.test(name)) blame(index);
      });
    },
  ),
  headerRule(
    {
      id: "backend-headers-unique",
      title: "each custom header name is given once",
      why: "The API rejects a list in which a name occurs twice, whatever its case.",
      fix: "join the values in one header",
      source: DOCS,
    },
    (headers, blame) => {
      const seen = new Set<string>();
      headers.forEach((header, index) => {
        const name = nameOf(header);
        if (seen.has(name)) blame(index);
        seen.add(name);
      });
    },
  ),
  headerRule(
    {
      id: "backend-headers-variable",
      title: "a custom header uses variables that exist",
      severity: "warning",
      why: "An unknown variable becomes an empty text, without an error. Google adds variables now and then, so this one may be newer than the list here.",
      fix: "use one of the documented variables, or write {{ and }} for braces",
      source: DOCS,
    },
    (headers, blame) => {
      headers.forEach((header, index) => {
        for (const [, name = ""] of header.replaceAll("{{", "").replaceAll("}}", "").matchAll(VARIABLE)) {
          if (!VARIABLES.has(name.toLowerCase()) && !name.toLowerCase().startsWith("client_cert_"))
            blame(index, `{${name}}`);
        }
      });
    },
  ),
];

function nameOf(header: string): string {
  return header.split(":", 1)[0]!.trim().toLowerCase();
}

/** Judges the known headers of each list; indexes are those among the known ones. */
function headerRule(
  about: About,
  judge: (headers: readonly string[], blame: (index: number, detail?: string) => void) => void,
): Rule {
  return blockRule(about, TYPES, [""], (block: Block, blame: Blame) => {
    for (const list of LISTS) {
      const headers = textsOf(block[list]);
      if (headers.length > 0) judge(headers, (index, detail) => blame(list, headers[index], detail));
    }
  });
}
