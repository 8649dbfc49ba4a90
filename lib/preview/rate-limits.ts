import { type Block, blockOf, blocksOf } from "../topology/document";
import { numberOf, textOf } from "../topology/value";
import { any, type Envoy } from "./envoy";
import { CLIENT, TLS_SERVER_NAME } from "./headers";

/** A text of Lua, the language of the filter that counts. */
export function luaText(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}"`;
}

const header = (name: string) => `headers:get(${luaText(name.toLowerCase())})`;

/** What requests are counted by: expressions of Lua, where a request without it has nil. */
const KEYS: Readonly<Record<string, (name: string) => string>> = {
  ALL: () => '""',
  IP: () => header(CLIENT.ip),
  USER_IP: () => header(CLIENT.ip),
  XFF_IP: () => `string.match(${header("x-forwarded-for")} or "", "^[^,]*")`,
  HTTP_HEADER: header,
  HTTP_COOKIE: (name) =>
    `string.match("; " .. (${header("cookie")} or ""), ${luaText(`; ${name.replace(/\W/g, "%$&")}=([^;]*)`)})`,
  HTTP_PATH: () => `string.match(${header(":path")} or "", "^[^?]*")`,
  REGION_CODE: () => header(CLIENT.region),
  SNI: () => header(TLS_SERVER_NAME),
};

/** The keys of a rule that the preview cannot count by. */
export function uncountableKeys(options: Block): string[] {
  return keysOf(options)
    .map(({ type }) => type)
    .filter((type) => !(type in KEYS));
}

function keysOf(options: Block): readonly { readonly type: string; readonly name: string }[] {
  const configs = blocksOf(options.enforce_on_key_configs);
  const keys = configs.map((each) => [each.enforce_on_key_type, each.enforce_on_key_name]);
  const all = keys.length > 0 ? keys : [[options.enforce_on_key, options.enforce_on_key_name]];
  return all.map(([type, name]) => ({ type: textOf(type) || "ALL", name: textOf(name) ?? "" }));
}

/** How many keys are counted before all counts start again. */
const COUNTED_KEYS = 100_000;

/**
 * Counts requests by key, from the first of an interval until its end, and bans keys. The first 128
 * bytes of a header count, and requests without it count together
 * (docs.cloud.google.com/armor/docs/rate-limiting-overview, read 2026-11-28).
 *
 * @param exceeded What answers a request too many, as the arguments of Lua's `handle:respond`.
 */
export function rateLimit({ action, rate_limit_options: limit }: Block, exceeded: string): Envoy {
  const options = blockOf(limit) ?? {};
  const keys = keysOf(options).flatMap(({ type, name }) => KEYS[type]?.(name) ?? []);
  const threshold = thresholdOf(options.rate_limit_threshold);
  const isBan = textOf(action) === "rate_based_ban";
  const ban = isBan ? (thresholdOf(options.ban_threshold) ?? threshold) : undefined;
  const lines = [
    // A ban goes on until the rate has been low for its duration.
    ...(ban
      ? [
          `if over(offences, key, now, ${ban.seconds}, ${ban.count}) then`,
          `  banned[key] = now + ${numberOf(options.ban_duration_sec) ?? 0}`,
          "end",
          "if (banned[key] or 0) > now then return reject(handle) end",
        ]
      : []),
    ...(threshold
      ? [`if over(requests, key, now, ${threshold.seconds}, ${threshold.count}) then reject(handle) end`]
      : []),
  ];
  const code = `local requests, offences, banned, size = {}, {}, {}, 0
local function over(counts, key, now, seconds, allowed)
  local count = counts[key]
  if count == nil then
    size = size + 1
    if size > ${COUNTED_KEYS} then requests, offences, size = {}, {}, 0 end
  end
  if count == nil or now - count.since >= seconds then
    count = {since = now, requests = 0}
    counts[key] = count
  end
  count.requests = count.requests + 1
  return count.requests > allowed
end
local function reject(handle) handle:respond(${exceeded}) end
function envoy_on_request(handle)
  local headers, now = handle:headers(), handle:timestamp() / 1000
  local parts = {${keys.map((key) => `string.sub(${key} or "", 1, 128)`).join(", ")}}
  local key = table.concat(parts, "\\n")
  ${lines.join("\n  ")}
end`;
  return any("envoy.extensions.filters.http.lua.v3.Lua", { default_source_code: { inline_string: code } });
}

function thresholdOf(value: unknown): { readonly count: number; readonly seconds: number } | undefined {
  const block = blockOf(value);
  const [count, seconds] = [numberOf(block?.count), numberOf(block?.interval_sec)];
  return count === undefined || seconds === undefined ? undefined : { count, seconds };
}
