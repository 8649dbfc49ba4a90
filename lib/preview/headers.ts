import { type Block, blocksOf } from "../topology/document";
import { booleanOf, textOf, textsOf } from "../topology/value";
import { type Envoy, extension } from "./envoy";
import type { PreviewClient } from "./plan";

/**
 * Request headers with which a request to the preview says who its client is. They take the place
 * of what the load balancer finds out by itself.
 */
export const CLIENT: Readonly<Record<keyof PreviewClient, string>> = {
  ip: "x-preview-client-ip",
  region: "x-preview-client-region",
  subdivision: "x-preview-client-region-subdivision",
  city: "x-preview-client-city",
  position: "x-preview-client-city-lat-long",
  roundTripMs: "x-preview-client-rtt-msec",
  asn: "x-preview-client-asn",
};

/** The name that a client asks for in TLS. */
export const TLS_SERVER_NAME = "x-preview-tls-sni";

/** What a listener knows of a connection, for the listener behind the cache. */
const CONNECTION = {
  port: ["x-preview-client-port", "%DOWNSTREAM_REMOTE_PORT%"],
  protocol: ["x-preview-client-protocol", "%PROTOCOL%"],
  serverPort: ["x-preview-server-port", "%DOWNSTREAM_LOCAL_PORT%"],
  sni: [TLS_SERVER_NAME, "%REQUESTED_SERVER_NAME%"],
  tlsVersion: ["x-preview-tls-version", "%DOWNSTREAM_TLS_VERSION%"],
  cipher: ["x-preview-tls-cipher", "%DOWNSTREAM_TLS_CIPHER%"],
} as const;

const FORWARDED_FOR = "x-forwarded-for";
const FORWARDED_FOR_KEPT = "x-preview-forwarded-for";

/**
 * The load balancer adds the client's address and its own
 * (docs.cloud.google.com/load-balancing/docs/https#x-forwarded-for_header, read 2026-11-28). Envoy's
 * cache would add another.
 */
export const FORWARD = addedHeader(FORWARDED_FOR, `%REQ(${FORWARDED_FOR_KEPT})%`, true);

/**
 * Writes client and connection into the headers of a request, before anything else reads them.
 *
 * @param client What holds for requests that do not say it themselves.
 */
export function identify(client: PreviewClient): Envoy {
  const { ip = "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", ...more } = client;
  const given = Object.entries(more).flatMap(([name, value]) =>
    value === undefined ? [] : [{ ...addedHeader(CLIENT[name as keyof PreviewClient], value, true), ...IF_ABSENT }],
  );
  const mutations = [
    ...given,
    { ...addedHeader(CLIENT.ip, ip, true), ...IF_ABSENT },
    addedHeader(FORWARDED_FOR, `%REQ(${CLIENT.ip})%,127.0.0.1`, false),
    addedHeader(FORWARDED_FOR_KEPT, `%REQ(${FORWARDED_FOR})%`, true),
    ...Object.values(CONNECTION).map(([key, value]) => addedHeader(key, value, true)),
  ];
  return extension("identify", "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation", {
    mutations: {
      request_mutations: mutations.map((append) => ({ append })),
      // Envoy's cache asks on its own, and lets this through.
      response_mutations: [{ remove: "x-envoy-upstream-service-time" }],
    },
  });
}

const IF_ABSENT: Envoy = { append_action: "ADD_IF_ABSENT" };

/**
 * Variables of custom headers, by what Envoy knows in their place
 * (docs.cloud.google.com/load-balancing/docs/https/custom-headers-global, read 2026-11-28). The
 * others are empty, as Google Cloud leaves what it does not know.
 */
const VARIABLES: Readonly<Record<string, string>> = {
  client_region: `%REQ(${CLIENT.region})%`,
  client_region_subdivision: `%REQ(${CLIENT.subdivision})%`,
  client_city: `%REQ(${CLIENT.city})%`,
  client_city_lat_long: `%REQ(${CLIENT.position})%`,
  client_rtt_msec: `%REQ(${CLIENT.roundTripMs})%`,
  client_ip_address: `%REQ(${CLIENT.ip})%`,
  client_port: `%REQ(${CONNECTION.port[0]})%`,
  client_protocol: `%REQ(${CONNECTION.protocol[0]})%`,
  server_ip_address: "127.0.0.1",
  server_port: `%REQ(${CONNECTION.serverPort[0]})%`,
  origin_request_header: "%REQ(origin)%",
  tls_sni_hostname: `%REQ(${CONNECTION.sni[0]})%`,
  tls_version: `%REQ(${CONNECTION.tlsVersion[0]})%`,
  tls_cipher_suite: `%REQ(${CONNECTION.cipher[0]})%`,
};

const VARIABLE = /\{([a-z0-9_]+)\}/g;

/** Variables in header values that the preview leaves empty. */
export function emptyVariables(values: readonly string[]): string[] {
  const names = values.flatMap((value) => [...value.matchAll(VARIABLE)].map(([, name]) => name!));
  return [...new Set(names)].filter((name) => VARIABLES[name] === undefined);
}

/** A header value of Google Cloud as Envoy writes it. */
export function headerValue(value: string): string {
  return value
    .replaceAll("%", "%%")
    .replaceAll(VARIABLE, (_, name: string) => VARIABLES[name] ?? "")
    .replaceAll(/[\r\n]/g, " ");
}

export function addedHeader(key: string, value: string, replaces: boolean): Envoy {
  return {
    header: { key, value },
    append_action: replaces ? "OVERWRITE_IF_EXISTS_OR_ADD" : "APPEND_IF_EXISTS_OR_ADD",
    keep_empty_value: true,
  };
}

/** What a `header_action` does to requests and answers. */
export function headerAction(action: Block | undefined): Envoy {
  const added = (name: string) =>
    blocksOf(action?.[name]).flatMap(({ header_name, header_value, replace }) => {
      const [key, value] = [textOf(header_name), textOf(header_value)];
      return key === undefined || value === undefined
        ? []
        : [addedHeader(key, headerValue(value), booleanOf(replace) ?? false)];
    });
  return {
    request_headers_to_add: added("request_headers_to_add"),
    request_headers_to_remove: textsOf(action?.request_headers_to_remove),
    response_headers_to_add: added("response_headers_to_add"),
    response_headers_to_remove: textsOf(action?.response_headers_to_remove),
  };
}

/** The custom headers of a backend, `Name:Value`. */
export function customHeaders(lines: unknown): Envoy[] {
  return textsOf(lines).map((line) => {
    const at = line.indexOf(":");
    return addedHeader(line.slice(0, at).trim(), headerValue(line.slice(at + 1).trim()), true);
  });
}
