import { type Block, blockOf } from "../topology/document";
import { numberOf } from "../topology/value";

/** A message of Envoy's configuration, as JSON. Names: Envoy API v3 of 1.40. */
export type Envoy = Readonly<Record<string, unknown>>;

/** A message of a type that its place does not give. */
export function any(type: string, fields: Envoy = {}): Envoy {
  return { "@type": `type.googleapis.com/${type}`, ...fields };
}

/** An extension with its configuration. */
export function extension(name: string, type: string, fields: Envoy = {}): Envoy {
  return { name, typed_config: any(type, fields) };
}

/** A port of this machine. */
export function loopback(port: number): Envoy {
  return { socket_address: { address: "127.0.0.1", port_value: port } };
}

/** Turns a filter of the chain on that is off by default. */
export const TURNED_ON = any("envoy.config.route.v3.FilterConfig", { config: {} });

/** For what Envoy lets runtime settings change. */
export const ALWAYS: Envoy = { default_value: { numerator: 100, denominator: "HUNDRED" } };

/** A percentage, which Google writes with fractions. */
export function percentage(percent: number): Envoy {
  return { numerator: Math.round(percent * 10_000), denominator: "MILLION" };
}

/** A duration of the Compute API, `{ seconds, nanos }`. */
export function durationOf(value: unknown): string | undefined {
  const block = blockOf(value);
  if (!block) return undefined;
  return seconds((numberOf(block.seconds) ?? 0) + (numberOf(block.nanos) ?? 0) / 1e9);
}

export function seconds(count: number): string {
  return `${count.toFixed(9).replace(/\.?0+$/, "")}s`;
}

/** Those fields of a block whose numbers Envoy calls alike. */
export function numbersOf(block: Block, names: readonly string[]): Envoy {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = numberOf(block[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const UPSTREAM_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
/** For clusters that speak HTTP/2 without TLS. */
export const HTTP2_UPSTREAM: Envoy = {
  [UPSTREAM_OPTIONS]: any(UPSTREAM_OPTIONS, {
    explicit_http_config: { http2_protocol_options: { allow_connect: true } },
  }),
};
