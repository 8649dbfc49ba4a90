import { type Block, blocksOf } from "../topology/document";
import { booleanOf, textOf, textsOf } from "../topology/value";
import type { Envoy } from "./envoy";

/**
 * Request headers with which a request to the preview says who its client is. They take the place
 * of what the load balancer finds out by itself.
 */
export const CLIENT = {
  ip: "x-preview-client-ip",
  region: "x-preview-client-region",
  subdivision: "x-preview-client-region-subdivision",
  city: "x-preview-client-city",
  position: "x-preview-client-city-lat-long",
  roundTripMs: "x-preview-client-rtt-msec",
  asn: "x-preview-client-asn",
} as const;

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
  client_ip_address: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
  client_port: "%DOWNSTREAM_REMOTE_PORT%",
  client_protocol: "%PROTOCOL%",
  server_ip_address: "%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%",
  server_port: "%DOWNSTREAM_LOCAL_PORT%",
  origin_request_header: "%REQ(origin)%",
  tls_sni_hostname: "%REQUESTED_SERVER_NAME%",
  tls_version: "%DOWNSTREAM_TLS_VERSION%",
  tls_cipher_suite: "%DOWNSTREAM_TLS_CIPHER%",
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
